// The grammar of JSON (RFC 8259) over bytes. Each function gets where something begins and tells the index behind it, or
// `notThere`. Nothing is made of what is read: a parser's objects cost several times as much as looking at the bytes.
//
// `?? 0` is written out at each place: 0 stands nowhere in JSON, and compiled code that reads numbers only is twice as fast. A function
// for it would be slow everywhere for having been called, once, behind the end.

/** What the functions of this file tell where the bytes are something else. */
export const notThere = -1;

const quote = 0x22;
const plus = 0x2b;
const comma = 0x2c;
const minus = 0x2d;
const point = 0x2e;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

const trueWord = Buffer.from('true');
const falseWord = Buffer.from('false');
const nullWord = Buffer.from('null');

/** 1 for the bytes at which a string is not simply going on: its end, a backslash, and what must not stand in it. */
const endsRun = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte < 0x20 || byte === quote || byte === backslash ? 1 : 0,
);

/** The index behind the value that begins at `from` or behind blanks there, however deep it is. */
export function endOfValue(json: Uint8Array, from: number): number {
  // What closes the objects and arrays that are open. No recursion: depth is the sender's choice.
  let open = new Uint8Array(64);
  let depth = 0;
  let at = from;
  for (;;) {
    at = afterBlanks(json, at);
    const byte = json[at] ?? 0;
    if (byte === openBrace || byte === openBracket) {
      const close = byte === openBrace ? closeBrace : closeBracket;
      at = afterBlanks(json, at + 1);
      if ((json[at] ?? 0) !== close) {
        if (depth === open.length) open = doubled(open);
        open[depth++] = close;
        if (close === closeBrace) at = afterName(json, at);
        if (at === notThere) return notThere;
        continue;
      }
      at++;
    } else {
      at = endOfScalar(json, at);
      if (at === notThere) return notThere;
    }
    for (;;) {
      if (depth === 0) return at;
      at = afterBlanks(json, at);
      const behind = json[at] ?? 0;
      const close = open[depth - 1];
      at++;
      if (behind === comma) {
        if (close === closeBrace) at = afterName(json, afterBlanks(json, at));
        if (at === notThere) return notThere;
        break;
      }
      if (behind !== close) return notThere;
      depth--;
    }
  }
}

/** The index behind a member's name and its colon. */
export function afterName(json: Uint8Array, from: number): number {
  const end = endOfString(json, from);
  if (end === notThere) return notThere;
  const at = afterBlanks(json, end);
  return (json[at] ?? 0) === colon ? at + 1 : notThere;
}

export function endOfString(json: Uint8Array, from: number): number {
  if ((json[from] ?? 0) !== quote) return notThere;
  let at = from + 1;
  for (;;) {
    while (endsRun[json[at] ?? 0] === 0) at++;
    const byte = json[at] ?? 0;
    if (byte === quote) return at + 1;
    if (byte !== backslash) return notThere;
    at = endOfEscape(json, at);
    if (at === notThere) return notThere;
  }
}

export function afterBlanks(json: Uint8Array, from: number): number {
  let at = from;
  let byte = json[at] ?? 0;
  while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
    at++;
    byte = json[at] ?? 0;
  }
  return at;
}

function endOfScalar(json: Uint8Array, from: number): number {
  switch (json[from] ?? 0) {
    case quote:
      return endOfString(json, from);
    case 0x74: // t
      return endOfWord(json, from, trueWord);
    case 0x66: // f
      return endOfWord(json, from, falseWord);
    case 0x6e: // n
      return endOfWord(json, from, nullWord);
    default:
      return endOfNumber(json, from);
  }
}

function endOfWord(json: Uint8Array, from: number, word: Uint8Array): number {
  for (let index = 0; index < word.length; index++) if (json[from + index] !== word[index]) return notThere;
  return from + word.length;
}

function endOfNumber(json: Uint8Array, from: number): number {
  let at = (json[from] ?? 0) === minus ? from + 1 : from;
  at = (json[at] ?? 0) === zero ? at + 1 : endOfDigits(json, at);
  if (at !== notThere && (json[at] ?? 0) === point) at = endOfDigits(json, at + 1);
  // e or E
  if (at === notThere || ((json[at] ?? 0) | 0x20) !== 0x65) return at;
  const sign = json[at + 1] ?? 0;
  return endOfDigits(json, sign === plus || sign === minus ? at + 2 : at + 1);
}

/** One digit at least. */
function endOfDigits(json: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(json[at] ?? 0)) at++;
  return at === from ? notThere : at;
}

function endOfEscape(json: Uint8Array, from: number): number {
  switch (json[from + 1] ?? 0) {
    case quote:
    case backslash:
    case 0x2f: // a slash, and the letters b, f, n, r and t
    case 0x62:
    case 0x66:
    case 0x6e:
    case 0x72:
    case 0x74:
      return from + 2;
    case 0x75: // u
      for (let index = from + 2; index < from + 6; index++) if (!isHexadecimal(json[index] ?? 0)) return notThere;
      return from + 6;
    default:
      return notThere;
  }
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= nine;
}

function isHexadecimal(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

function doubled(list: Uint8Array): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(2 * list.length);
  longer.set(list);
  return longer;
}
