import { UnknownSyntax, type Piece } from './piece.ts';

/** Characters that JavaScript lets a backslash stand before, where it reads a pattern strictly. */
const syntaxCharacters = /[\^$\\.*+?()[\]{}|/]/;

/** White space as Go has it; for JavaScript it is more. */
const space = '\\t\\n\\f\\r ';

/** A sequence with a backslash, outside of a class. */
export function escapeSequence(pattern: string, at: number): Piece {
  const rest = pattern.slice(at);
  if (rest.startsWith('\\Q')) return quotation(rest);
  switch (rest.charAt(1)) {
    case 'A':
      return { text: '(?<![^])', length: 2 };
    case 'z':
      return { text: '(?![^])', length: 2 };
    case 's':
      return { text: `[${space}]`, length: 2 };
    case 'S':
      return { text: `[^${space}]`, length: 2 };
    case 'b':
    case 'B':
      return { text: rest.slice(0, 2), length: 2 };
    default:
      return character(rest);
  }
}

/** The same inside of a class. */
export function escapeInClass(pattern: string, at: number): Piece {
  const rest = pattern.slice(at);
  if (rest.startsWith('\\s')) return { text: space, length: 2 };
  // A class cannot hold what another leaves out: the wider white space of JavaScript is what is left out here.
  if (rest.startsWith('\\S')) return { text: '\\S', length: 2 };
  if (rest.startsWith('\\-')) return { text: '\\-', length: 2 };
  return character(rest);
}

function character(rest: string): Piece {
  const second = rest.charAt(1);
  if (/[dDwWtnrfv]/.test(second)) return { text: rest.slice(0, 2), length: 2 };
  if (second === 'a') return { text: '\\x07', length: 2 };
  if (second === 'p' || second === 'P') return property(rest);
  if (second === 'x') return codePoint(rest);
  const octal = /^\\(0[0-7]{0,2}|[1-7][0-7]{2})/.exec(rest);
  if (octal !== null)
    return { text: `\\u{${Number.parseInt(octal[1] ?? '0', 8).toString(16)}}`, length: octal[0].length };
  if (second === '' || /[A-Za-z0-9]/.test(second)) {
    throw new UnknownSyntax(`has \\${second}, which means nothing there`);
  }
  return { text: syntaxCharacters.test(second) ? rest.slice(0, 2) : second, length: 2 };
}

/** `\x41` or `\x{1F600}`. */
function codePoint(rest: string): Piece {
  const [whole, short, long] = /^\\x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})/.exec(rest) ?? [];
  if (whole === undefined) throw new UnknownSyntax('has \\x without a number in hexadecimal');
  return { text: `\\u{${short ?? long ?? ''}}`, length: whole.length };
}

/** `\pL`, `\p{Lu}`, `\p{Greek}`, or what has it not: `\PL`, `\p{^Greek}`. */
function property(rest: string): Piece {
  const [whole, letter = '', single, not = '', long = ''] = /^\\([pP])(?:([A-Z])|\{(\^?)(\w+)\})/.exec(rest) ?? [];
  if (whole === undefined) throw new UnknownSyntax('has \\p without the name of a property');
  const name = single ?? long;
  const isNegated = (letter === 'P') !== (not === '^');
  return { text: `\\${isNegated ? 'P' : 'p'}{${name.length > 2 ? 'Script=' : ''}${name}}`, length: whole.length };
}

/** `\Q…\E`, or to the end. */
function quotation(rest: string): Piece {
  const end = rest.indexOf('\\E');
  const text = end === -1 ? rest.slice(2) : rest.slice(2, end);
  return {
    text: text.replaceAll(/[\^$\\.*+?()[\]{}|/]/g, (found) => `\\${found}`),
    length: end === -1 ? rest.length : end + 2,
  };
}
