document.querySelector('form').addEventListener('submit', send);

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
