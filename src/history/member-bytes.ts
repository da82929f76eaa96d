const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;

/**
 * Where the values of an object's own members stand in its JSON text, which has to be valid: the bytes of each value by its
 * name. Of members with the same name the last one counts, as parsers have it.
 */
export function memberBytes(json: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const members = new Map<string, Uint8Array>();
  let name: string | undefined;
  let start = 0;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === quote) {
      const end = endOfString(json, at);
      if (depth === 1 && name === undefined) name = JSON.parse(text(json, at, end)) as string;
      at = end - 1;
    } else if (byte === colon && depth === 1) {
      start = at + 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      depth++;
    } else if (byte === 0x7d || byte === 0x5d || (byte === comma && depth === 1)) {
      if (depth === 1 && name !== undefined) members.set(name, trimmed(json, start, at));
      if (depth === 1) name = undefined;
      if (byte !== comma) depth--;
    }
  }
  return members;
}

/** The index after the closing quote of the string that opens at `at`. */
function endOfString(json: Uint8Array, at: number): number {
  let end = at + 1;
  while (end < json.length && json[end] !== quote) end += json[end] === backslash ? 2 : 1;
  return end + 1;
}

function text(json: Uint8Array, start: number, end: number): string {
  return Buffer.from(json.buffer, json.byteOffset + start, end - start).toString();
}

/** Without the white space around it (RFC 8259, 2), none of which is above a blank. */
function trimmed(json: Uint8Array, from: number, to: number): Uint8Array {
  let start = from;
  let end = to;
  while (start < end && (json[start] ?? 0) <= 0x20) start++;
  while (end > start && (json[end - 1] ?? 0) <= 0x20) end--;
  return json.subarray(start, end);
}
