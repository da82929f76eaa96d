import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

interface DigestedFile {
  readonly part: string;
  readonly path: string;
  readonly received: { readonly path: string };
}

/** SHA-256 over the parts of an upload in the order of their names: order and boundary on the wire do not count. */
export async function digestParts(
  documents: ReadonlyMap<string, Uint8Array>,
  files: readonly DigestedFile[],
): Promise<Uint8Array> {
  const lines: string[] = [];
  for (const [name, text] of documents) {
    lines.push(JSON.stringify([name, createHash('sha256').update(text).digest('hex')]));
  }
  for (const { part, path, received } of files) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(received.path) as AsyncIterable<Uint8Array>) hash.update(chunk);
    // What an archive was called on the client's disk says nothing.
    lines.push(JSON.stringify([part, part === 'file' ? path : '', hash.digest('hex')]));
  }
  return createHash('sha256').update(lines.sort().join('\n')).digest();
}
