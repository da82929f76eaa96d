import { isUtf8 } from 'node:buffer';
import { afterBlanks, afterName, endOfString, endOfValue, notThere } from './json-grammar.ts';

const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Whether bytes are one JSON text in strict UTF-8 and nothing else, so that they can travel on as they are: what `JSON.parse`
 * would take, without the objects that it would make.
 */
export function isJsonText(bytes: Uint8Array): boolean {
  if (!isUtf8(bytes)) return false;
  const end = endOfValue(bytes, 0);
  return end !== notThere && afterBlanks(bytes, end) === bytes.length;
}

/**
 * The bytes of an object's own members by their names, without the blanks around them; undefined where the bytes are not one JSON
 * object in strict UTF-8. Of members with the same name the last one counts, as parsers have it.
 * @param most With more members the answer is undefined as well: taking very many apart costs more than parsing them.
 */
export function memberBytes(bytes: Uint8Array, most = Infinity): ReadonlyMap<string, Uint8Array> | undefined {
  if (!isUtf8(bytes)) return undefined;
  const members = new Map<string, Uint8Array>();
  let at = afterBlanks(bytes, 0);
  if (bytes[at] !== openBrace) return undefined;
  at = afterBlanks(bytes, at + 1);
  if (bytes[at] !== closeBrace) {
    for (let count = 1; ; count++) {
      const begin = afterName(bytes, at);
      if (begin === notThere || count > most) return undefined;
      const valueBegin = afterBlanks(bytes, begin);
      const valueEnd = endOfValue(bytes, valueBegin);
      if (valueEnd === notThere) return undefined;
      members.set(parsed(bytes.subarray(at, endOfString(bytes, at))) as string, bytes.subarray(valueBegin, valueEnd));
      at = afterBlanks(bytes, valueEnd);
      if (bytes[at] !== comma) break;
      at = afterBlanks(bytes, at + 1);
    }
    if (bytes[at] !== closeBrace) return undefined;
  }
  return afterBlanks(bytes, at + 1) === bytes.length ? members : undefined;
}

/** What a parser makes of bytes that are known to be JSON. */
export function parsed(json: Uint8Array): unknown {
  return JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString());
}
