import { element } from './editor.js';

const form = document.querySelector('form');
const stopButton = document.getElementById('stop');
const runButton = form.querySelector('[type=submit]');

const examples = {
  python:
    "import time\n\n\ndef handler(event, context):\n    for step in range(3):\n        print('step', step)\n        time.sleep(0.5)\n    return {'greeting': 'Hello ' + event['name']}\n",
  javascript:
    "export async function handler(event, context) {\n  for (let step = 0; step < 3; step++) {\n    console.log('step', step);\n    await new Promise((resolve) => setTimeout(resolve, 500));\n  }\n  return { greeting: `Hello ${event.name}` };\n}\n",
  typescript:
    "interface Event {\n  name: string;\n}\n\nexport async function handler(event: Event): Promise<{ greeting: string }> {\n  console.log('hello');\n  return { greeting: `Hello ${event.name}` };\n}\n",
};

const languages = {
  python: [['python', 'Python']],
  node: [
    ['javascript', 'JavaScript'],
    ['typescript', 'TypeScript'],
  ],
};

/** What is shown is bounded, however much a handler prints. */
const mostShown = 1_000_000;

let running;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void run();
});
form.elements.runtime.addEventListener('change', chooseLanguage);
stopButton.addEventListener('click', () => running?.abort());
for (const field of form.querySelectorAll('[type=file]')) field.addEventListener('change', () => void openFile(field));
void offer();

/** Fills in what this server offers, and within which bounds. */
async function offer() {
  try {
    const { runtimes, limits, most, network } = await (await fetch('page/choices')).json();
    for (const { name, language, ready } of runtimes) {
      for (const [word, title] of languages[language]) {
        const option = element('option', '');
        option.value = `${name} ${word}`;
        option.textContent = `${title} (${name}${ready ? '' : ', not installed'})`;
        option.disabled = !ready;
        form.elements.runtime.append(option);
      }
    }
    const usual = [...form.elements.runtime.options].find(
      (option) => !option.disabled && option.value.endsWith(' python'),
    );
    if (usual !== undefined) usual.selected = true;
    for (const [name, value] of Object.entries(limits)) {
      form.elements[name].value = value;
      form.elements[name].max = most[name];
    }
    form.elements.network.disabled = !network;
    if (!network) form.elements.network.parentElement.title = 'The operator of this server gives handlers no network.';
    chooseLanguage();
  } catch {
    say('The server did not answer: load the page again.', 'bad');
  }
}

/** Colours follow the language, and so does the example, while it is one. */
function chooseLanguage() {
  const [, language] = form.elements.runtime.value.split(' ');
  if (language === undefined) return;
  const area = form.elements.code;
  area.closest('.editor').dataset.language = language === 'python' ? 'python' : 'javascript';
  if (area.value.trim() === '' || Object.values(examples).includes(area.value)) area.value = examples[language];
  area.dispatchEvent(new Event('input'));
}

async function openFile(field) {
  const [file] = field.files;
  if (file === undefined) return;
  const area = form.elements[field.dataset.into];
  area.value = await file.text();
  area.dispatchEvent(new Event('input'));
  field.value = '';
}

/** Runs what the form says, and shows what happens as it does. */
async function run() {
  running = new AbortController();
  runButton.disabled = true;
  stopButton.disabled = false;
  clear();
  say('Waiting for a container …', '');
  try {
    const body = JSON.stringify(wish());
    const reply = await fetch('page/run', { method: 'POST', body, signal: running.signal });
    if (reply.ok) await follow(reply.body);
    else say(detailOf(await reply.json()), 'bad');
  } catch {
    say(running.signal.aborted ? 'Stopped: the container was removed.' : 'The server did not answer.', 'bad');
  } finally {
    runButton.disabled = false;
    stopButton.disabled = true;
  }
}

function wish() {
  const { runtime, handler, code, input, cpus, memory_mb, pids, timeout_ms, network } = form.elements;
  const [name, language] = runtime.value.split(' ');
  return {
    runtime: name,
    language,
    handler: handler.value,
    code: code.value,
    input: input.value,
    limits: {
      cpus: Number(cpus.value),
      memory_mb: Number(memory_mb.value),
      pids: Number(pids.value),
      timeout_ms: Number(timeout_ms.value),
    },
    network: network.checked ? 'egress' : 'none',
  };
}

function detailOf({ detail }) {
  return typeof detail === 'string' ? detail : JSON.stringify(detail);
}

/** Reads server-sent events, each a block of lines. */
async function follow(body) {
  let rest = '';
  let hasEnded = false;
  for await (const piece of decoded(body)) {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const name = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (name === undefined || data === undefined) continue;
      hasEnded ||= name === 'ended' || name === 'error';
      show(name, JSON.parse(data));
    }
  }
  if (!hasEnded) say('The server went away before the end.', 'bad');
}

async function* decoded(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function show(name, data) {
  switch (name) {
    case 'started':
      say('Running …', '');
      document.getElementById('run').hidden = false;
      document.getElementById('command').textContent = data.command;
      fact('Invocation', data.id);
      fact('Limits', limitsText(data.limits));
      break;
    case 'log':
      print(data.text);
      break;
    case 'dropped':
      print(`\n[${data.bytes} bytes were left out here]\n`);
      break;
    case 'ended':
      showEnd(data);
      break;
    case 'error':
      say(data.detail, 'bad');
      break;
  }
}

function limitsText({ cpus, memory_mb, pids, tmp_mb, timeout_ms, network }) {
  const net = network === 'none' ? 'no network' : 'filtered network';
  return `${cpus} CPU cores, ${memory_mb} MB memory without swap, ${pids} processes, ${tmp_mb} MB in /tmp, ${timeout_ms} ms, ${net}`;
}

function showEnd(end) {
  const isOk = end.outcome === 'ok';
  say(isOk ? 'It returned.' : `It failed: ${end.outcome}.`, isOk ? 'good' : 'bad');
  document.getElementById('result-heading').textContent = isOk ? 'Result' : 'Error';
  document.getElementById('result').textContent = isOk ? end.result : end.error;
  fact('Outcome', end.outcome);
  fact('Exit code', end.exit_code ?? 'none: the process had not ended by itself');
  fact('Time', `${Math.round(end.duration_ms)} ms`);
  if (end.cpu_ms !== null) fact('Processor time', `${Math.round(end.cpu_ms)} ms`);
  if (end.max_memory_bytes !== null) fact('Most memory', `${(end.max_memory_bytes / 1_048_576).toFixed(1)} MB`);
  if (end.logs_truncated) fact('Output', 'was longer than is kept');
}

/** As text: nothing that a handler says is read as HTML. */
function print(text) {
  const output = document.getElementById('output');
  const isAtEnd = output.scrollHeight - output.scrollTop - output.clientHeight < 40;
  const room = mostShown - output.textContent.length;
  if (room > 0) output.append(text.slice(0, room));
  if (isAtEnd) output.scrollTop = output.scrollHeight;
}

function fact(name, value) {
  const term = element('dt', '');
  const description = element('dd', '');
  term.textContent = name;
  description.textContent = value;
  document.getElementById('facts').append(term, description);
}

function clear() {
  document.getElementById('run').hidden = true;
  for (const id of ['output', 'result', 'command', 'facts']) document.getElementById(id).replaceChildren();
}

function say(words, className) {
  const verdict = document.getElementById('verdict');
  verdict.textContent = words;
  verdict.className = className;
}
