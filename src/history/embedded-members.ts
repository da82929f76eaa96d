import { memberBytes } from '../documents/json-bytes.ts';

/** A member of a JSON object by its name, and the bytes of its value. */
export type EmbeddedMember = readonly [name: string, json: Uint8Array];

/**
 * The JSON text of a document with further members, whose values are the bytes that they came as: nobody reads and prints them
 * again, which would change a number beyond 2^53.
 */
export function withMembers(document: object, members: readonly EmbeddedMember[]): Buffer {
  const text = JSON.stringify(document);
  return Buffer.concat([
    Buffer.from(text.slice(0, -1)),
    ...members.flatMap(([name, json]) => [Buffer.from(`,"${name}":`), json]),
    Buffer.from('}'),
  ]);
}

/** `event` and `context` of an envelope, with what they default to. */
export function eventAndContext(envelope: Uint8Array): readonly EmbeddedMember[] {
  const sent = memberBytes(envelope);
  return [
    ['event', sent?.get('event') ?? emptyObject],
    ['context', sent?.get('context') ?? emptyObject],
  ];
}

const emptyObject = Buffer.from('{}');
