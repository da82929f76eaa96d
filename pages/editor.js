/** Beyond that a text stays plain: colouring it at each key would be felt. */
const mostColoured = 200_000;

/** What is coloured, by language, each kind in a group of the name of its class. What was begun and has no end goes up to the line's, or the text's. */
const parts = {
  python: partsOf({
    comment: String.raw`#.*`,
    text: String.raw`\b[rbfuRBFU]{0,2}(?:"""[\s\S]*?(?:"""|$(?![\s\S]))|'''[\s\S]*?(?:'''|$(?![\s\S]))|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?)|"""[\s\S]*?(?:"""|$(?![\s\S]))|'''[\s\S]*?(?:'''|$(?![\s\S]))|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?`,
    keywords:
      'False|None|True|and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|finally|for|from|global|if|import|in|is|lambda|match|nonlocal|not|or|pass|raise|return|try|while|with|yield',
    naming: 'def|class',
  }),
  javascript: partsOf({
    comment: String.raw`\/\/.*|\/\*[\s\S]*?(?:\*\/|$(?![\s\S]))`,
    text: String.raw`"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?|\x60(?:\\[\s\S]|[^\x60\\])*\x60?`,
    keywords:
      'as|async|await|break|case|catch|class|const|continue|default|delete|do|else|enum|export|extends|false|finally|for|from|function|if|import|in|instanceof|interface|let|new|null|of|return|static|super|switch|this|throw|true|try|type|typeof|undefined|var|void|while|yield',
    naming: 'function|class|interface|enum',
  }),
  json: partsOf({
    comment: '(?!)',
    text: String.raw`"(?:\\.|[^"\\\n])*"?`,
    keywords: 'true|false|null',
    naming: '(?!)',
  }),
};

for (const editor of document.querySelectorAll('.editor')) addColours(editor);

function partsOf({ comment, text, keywords, naming }) {
  return new RegExp(
    [
      `(?<comment>${comment})`,
      `(?<text>${text})`,
      String.raw`(?<number>\b(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?\d+)?[jn]?)\b)`,
      String.raw`(?<keyword>\b(?:${keywords})\b)`,
      String.raw`(?<name>(?<=\b(?:${naming})\s+)\w+)`,
    ].join('|'),
    'g',
  );
}

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
    colours.replaceChildren(...(isColoured ? coloured(text, parts[editor.dataset.language ?? 'python']) : []));
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
function coloured(text, parts) {
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

/** A new element of a page, of a class. */
export function element(name, className) {
  const made = document.createElement(name);
  made.className = className;
  return made;
}
