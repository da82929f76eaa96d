import { escapeInClass } from './escape-sequence.ts';
import { UnknownSyntax, type Piece } from './piece.ts';

/** The classes of ASCII that have a name: `[[:alpha:]]`. */
const named: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** A class in brackets. A bracket that is its first member stands for itself. */
export function characterClass(pattern: string, at: number): Piece {
  const opening = pattern.startsWith('[^', at) ? '[^' : '[';
  let position = at + opening.length;
  let text = opening;
  if (pattern.charAt(position) === ']') {
    text += '\\]';
    position += 1;
  }
  while (position < pattern.length && pattern.charAt(position) !== ']') {
    const member = memberAt(pattern, position);
    text += member.text;
    position += member.length;
  }
  if (position >= pattern.length) throw new UnknownSyntax('has a class that is not closed with ]');
  return { text: `${text}]`, length: position + 1 - at };
}

function memberAt(pattern: string, at: number): Piece {
  const character = pattern.charAt(at);
  if (character === '\\') return escapeInClass(pattern, at);
  if (character !== '[') return { text: character, length: 1 };
  const [whole, name = ''] = /^\[:(\w+):\]/.exec(pattern.slice(at)) ?? [];
  if (whole === undefined) return { text: '\\[', length: 1 };
  const members = named[name];
  if (members === undefined) throw new UnknownSyntax(`has the class [:${name}:], which there is not`);
  return { text: members, length: whole.length };
}
