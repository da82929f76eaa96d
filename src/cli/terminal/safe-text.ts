/**
 * Characters that make a terminal do something or show text in another order than it has: the C0 and C1 controls but
 * tab and newline, DEL, bidirectional marks and overrides (Unicode UAX #9), line and paragraph separators, and tag
 * characters.
 */
const unsafe =
  // oxlint-disable-next-line eslint/no-control-regex -- control characters are what this is for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;

/**
 * Makes text that a function or a server chose safe to print on a terminal: what could steer the terminal is shown as
 * an escape like `\x1b` or `\u202e`. A carriage return right before a newline is dropped.
 */
export function safeText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(unsafe, escape);
}

/** The same for a single line: newlines and tabs are escaped as well. */
export function safeLine(text: string): string {
  return safeText(text)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll('\t', String.raw`\t`);
}

/** JSON text that is safe to print, and still the same value when it is read back. */
export function safeJson(value: unknown, indent?: number): string {
  // Only strings can hold such characters in JSON text, and there \uXXXX means the character itself.
  return JSON.stringify(value, undefined, indent).replace(unsafe, utf16Escapes);
}

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? String.raw`\x` + code.toString(16).padStart(2, '0') : utf16Escapes(character);
}

function utf16Escapes(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => String.raw`\u` + unit.toString(16).padStart(4, '0')).join('');
}
