const space = /[ \t\n\r]*/y;
const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// oxlint-disable-next-line eslint/no-control-regex -- JSON forbids them unescaped in strings (RFC 8259, section 7)
const plainText = /[^"\\\u0000-\u001f]+/y;
const escapeSequence = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;

/**
 * Where text stops being JSON (RFC 8259): the offset of the first character that cannot continue it, or the text's
 * length when it ends too early; undefined when it is JSON. Needed because the messages of JSON.parse name a position
 * in some Node versions and for some mistakes only.
 */
export function firstJsonError(text: string): number | undefined {
  const scanner = new Scanner(text);
  const open: ('{' | '[')[] = [];
  let expecting: 'value' | 'first-element' | 'first-key' | 'key' | 'separator' = 'value';
  for (;;) {
    scanner.take(space);
    const character = text[scanner.offset];
    const container = open.at(-1);
    if (expecting === 'separator') {
      if (container === undefined) return character === undefined ? undefined : scanner.offset;
      if (character === ',') expecting = container === '{' ? 'key' : 'value';
      else if (character === (container === '{' ? '}' : ']')) open.pop();
      else return scanner.offset;
      scanner.offset += 1;
    } else if (
      (expecting === 'first-element' && character === ']') ||
      (expecting === 'first-key' && character === '}')
    ) {
      open.pop();
      scanner.offset += 1;
      expecting = 'separator';
    } else if (expecting === 'key' || expecting === 'first-key') {
      if (!scanner.string()) return scanner.offset;
      scanner.take(space);
      if (text[scanner.offset] !== ':') return scanner.offset;
      scanner.offset += 1;
      expecting = 'value';
    } else if (character === '{' || character === '[') {
      open.push(character);
      scanner.offset += 1;
      expecting = character === '{' ? 'first-key' : 'first-element';
    } else {
      if (!(character === '"' ? scanner.string() : scanner.take(literal))) return scanner.offset;
      expecting = 'separator';
    }
  }
}

class Scanner {
  offset = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Moves past a match at the offset; whether there was one. */
  take(pattern: RegExp): boolean {
    pattern.lastIndex = this.offset;
    if (!pattern.test(this.#text)) return false;
    this.offset = pattern.lastIndex;
    return true;
  }

  /** Moves past a string, or to the character that spoils it. */
  string(): boolean {
    if (this.#text[this.offset] !== '"') return false;
    this.offset += 1;
    while (this.take(plainText) || this.take(escapeSequence));
    if (this.#text[this.offset] !== '"') return false;
    this.offset += 1;
    return true;
  }
}
