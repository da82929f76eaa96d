'use strict';

/** Beyond that a text stays plain: colouring it at each key would be felt. */
const mostColoured = 200_000;

const keywords =
  'False|None|True|and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|match|nonlocal|not|or|pass|raise|return|try|while|with|yield';

/** What is coloured in Python, each kind in a group of the name of its class. What was begun and has no end goes up to the line's, or the text's. */
const parts = new RegExp(
  [
    String.raw`(?<comment>#.*)`,
    String.raw`(?<text>\b[rbfuRBFU]{0,2}(?:"""[\s\S]*?(?:"""|$(?![\s\S]))|'''[\s\S]*?(?:'''|$(?![\s\S]))|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)|"""[\s\S]*?(?:"""|$(?![\s\S]))|'''[\s\S]*?(?:'''|$(?![\s\S]))|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)`,
    String.raw`(?<number>\b(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?j?)\b)`,
    String.raw`(?<keyword>\b(?:${keywords})\b)`,
    String.raw`(?<name>(?<=\b(?:def|class)\s+)\w+)`,
  ].join('|'),
  'g',
);

for (const editor of document.querySelectorAll('.editor')) addColours(editor);
document.querySelector('form').addEventListener('submit', send);

/** Puts line numbers before a text area, and a coloured copy of its text behind it. */
function addColours(editor) {
  const area = editor.querySelector('textarea');
  const numbers = element('pre', 'numbers');
  const field = element('div', 'field');
  const colours = element('pre', 'colours');
  for (const layer of [numbers, colours]) layer.setAttribute('aria-hidden', 'true');
  editor.append(numbers, field);
  field.append(colours, area);
  const draw = () => {
    const text = area.value;
    const lines = Math.max(text.split('\n').length, 1);
    numbers.textContent = Array.from({ length: lines }, (_, index) => index + 1).join('\n');
    const isColoured = text.length <= mostColoured;
    editor.classList.toggle('coloured', isColoured && text !== '');
    colours.replaceChildren(...(isColoured ? coloured(text) : []));
    follow();
  };
  const follow = () => {
    numbers.scrollTop = area.scrollTop;
    colours.scrollTop = area.scrollTop;
    colours.scrollLeft = area.scrollLeft;
  };
  area.addEventListener('input', draw);
  area.addEventListener('scroll', follow);
  area.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && event.ctrlKey) area.form.requestSubmit();
    else if (event.key === 'Tab' && !event.shiftKey && !event.ctrlKey && !event.altKey && !hasLeft(area)) indent(event);
    else area.dataset.leaving = String(event.key === 'Escape');
  });
  draw();
}

/** Tab leaves the text area after Escape, so that a keyboard alone will do. */
function hasLeft(area) {
  return area.dataset.leaving === 'true';
}

function indent(event) {
  const area = event.target;
  event.preventDefault();
  area.setRangeText('    ', area.selectionStart, area.selectionEnd, 'end');
  area.dispatchEvent(new Event('input'));
}

/** The text as nodes: nothing in it is ever read as HTML. */
function coloured(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(parts)) {
    nodes.push(text.slice(at, match.index));
    const [kind] = Object.entries(match.groups).find(([, found]) => found !== undefined);
    const node = element('span', kind);
    node.textContent = match[0];
    nodes.push(node);
    at = match.index + match[0].length;
  }
  // The last line's end would not be shown, and the layers would scroll apart.
  nodes.push(`${text.slice(at)}\n`);
  return nodes;
}

function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

/** Sends the form and shows the answer on this page. Without scripts the browser shows it as a page of its own. */
async function send(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector('button');
  button.disabled = true;
  show('', 'Running …', '');
  try {
    const reply = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    const text = (await reply.text()).replace(/^From docker: /, '');
    if (!reply.ok) show(text, 'It could not be run.', 'bad');
    else show(text, ...verdict(reply.headers, form.elements.test_code.value.trim() !== ''));
  } catch {
    show('', 'The server did not answer.', 'bad');
  } finally {
    button.disabled = false;
  }
}

function verdict(headers, hasTests) {
  const exitCode = headers.get('x-sraas-exit-code');
  const outcome = headers.get('x-sraas-outcome');
  if (outcome === 'exited' && exitCode === '0') return [hasTests ? 'Passed.' : 'It ended well.', 'good'];
  if (outcome === 'exited' && exitCode !== null) {
    return [hasTests ? 'Failed.' : `It failed, with exit code ${exitCode}.`, 'bad'];
  }
  const ends = {
    timeout: 'It took too long.',
    out_of_memory: 'It needed too much memory.',
    cancelled: 'It was cancelled.',
  };
  return [ends[outcome] ?? 'It was ended by a signal.', 'bad'];
}

function show(text, words, className) {
  const output = document.getElementById('output');
  output.textContent = text;
  output.hidden = text === '';
  const verdictField = document.getElementById('verdict');
  verdictField.textContent = words;
  verdictField.className = className;
}
