import { characterClass } from './character-class.ts';
import { escapeSequence } from './escape-sequence.ts';
import { UnknownSyntax, type Piece } from './piece.ts';

/** Where a scan is, and under which flags. */
interface Scan {
  readonly pattern: string;
  readonly isMultiline: boolean;
  readonly isDotAll: boolean;
}

/**
 * The regular expression of JavaScript that finds what a pattern finds in Go (RE2), everywhere in a text. Flags stand at the
 * pattern's start: `(?m)`, `(?i)`, `(?s)`. What only Go has is refused.
 * Source of the syntax: https://github.com/google/re2/wiki/Syntax
 * @returns a sentence that says what is wrong, where it is no such pattern.
 */
export function goExpression(source: string): RegExp | string {
  const [prefix = '', flags = ''] = /^\(\?([a-zA-Z]+)\)/.exec(source) ?? [];
  if (/[^ims]/.test(flags)) return `has the flags ${flags}: only i, m and s are known`;
  const scan = {
    pattern: source.slice(prefix.length),
    isMultiline: flags.includes('m'),
    isDotAll: flags.includes('s'),
  };
  try {
    return new RegExp(translated(scan), flags.includes('i') ? 'giu' : 'gu');
  } catch (error) {
    if (error instanceof UnknownSyntax) return error.message;
    if (error instanceof SyntaxError) return 'is not a regular expression';
    throw error;
  }
}

function translated(scan: Scan): string {
  const { pattern } = scan;
  let result = '';
  for (let at = 0; at < pattern.length;) {
    const { text, length } = pieceAt(scan, at);
    result += text;
    at += length;
  }
  return result;
}

function pieceAt({ pattern, isMultiline, isDotAll }: Scan, at: number): Piece {
  const character = pattern.charAt(at);
  switch (character) {
    case '\\':
      return escapeSequence(pattern, at);
    case '[':
      return characterClass(pattern, at);
    case '(':
      return group(pattern, at);
    case '{':
      return repetition(pattern, at);
    // A line ends at a newline only; for JavaScript it does so at four characters.
    case '.':
      return { text: isDotAll ? '[^]' : '[^\\n]', length: 1 };
    case '^':
      return { text: isMultiline ? '(?<![^\\n])' : '^', length: 1 };
    case '$':
      return { text: isMultiline ? '(?![^\\n])' : '$', length: 1 };
    case '}':
    case ']':
      return { text: `\\${character}`, length: 1 };
    default:
      return { text: character, length: 1 };
  }
}

function group(pattern: string, at: number): Piece {
  const rest = pattern.slice(at);
  const named = /^\(\?P?<([A-Za-z_]\w*)>/.exec(rest);
  if (named !== null) return { text: `(?<${named[1] ?? ''}>`, length: named[0].length };
  if (rest.startsWith('(?:')) return { text: '(?:', length: 3 };
  if (rest.startsWith('(?'))
    throw new UnknownSyntax('may have flags at its start only, and no groups but (?:…) and (?P<name>…)');
  return { text: '(', length: 1 };
}

/** A brace that begins no count stands for itself. */
function repetition(pattern: string, at: number): Piece {
  const count = /^\{\d+(?:,\d*)?\}/.exec(pattern.slice(at))?.[0];
  return count === undefined ? { text: '\\{', length: 1 } : { text: count, length: count.length };
}
