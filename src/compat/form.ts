import { Busboy } from '@fastify/busboy';
import { SraasError } from '../errors.ts';

export interface FormFile {
  /** As the client calls it; any text. */
  readonly name: string;
  readonly content: Buffer;
}

/** What a form brought. */
export interface Form {
  /** Names with their texts, as they came. */
  readonly entries: readonly (readonly [name: string, value: string])[];
  /** Of fields that come more than once, the last. */
  readonly fields: ReadonlyMap<string, string>;
  /** Of files that come more than once, the last. */
  readonly files: ReadonlyMap<string, FormFile>;
}

/** One that brought nothing. */
export const noForm: Form = formOf([]);

/** Whether a Content-Type is that of a form. */
export function isFormType(type: string): boolean {
  return /^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i.test(type);
}

/**
 * Reads a whole form from memory, of either kind.
 * @throws SraasError INVALID_UPLOAD
 */
export async function parseForm(type: string, body: Buffer): Promise<Form> {
  if (!/^multipart\//i.test(type)) {
    return formOf([...new URLSearchParams(body.toString('utf8'))]);
  }
  const entries: [string, string][] = [];
  const files = new Map<string, FormFile>();
  const parsed = new Promise<void>((resolve, reject) => {
    // What a field may have is what the body may have, which has been read.
    const limits = { fieldSize: body.length + 1, fields: 100, files: 100 };
    const parser = new Busboy({ headers: { 'content-type': type }, limits, preservePath: true });
    parser.on('field', (name, value) => entries.push([name, value]));
    // Nothing is left out in silence.
    for (const limit of ['partsLimit', 'fieldsLimit', 'filesLimit'] as const) parser.once(limit, reject);
    parser.on('file', (name, stream, fileName: string | undefined) => {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.once('end', () => files.set(name, { name: fileName ?? '', content: Buffer.concat(pieces) }));
      stream.once('error', reject);
    });
    parser.once('error', reject);
    parser.once('finish', resolve);
    parser.end(body);
  });
  try {
    await parsed;
  } catch {
    throw new SraasError('INVALID_UPLOAD', 'The multipart body is malformed, breaks off, or has too many parts.');
  }
  return formOf(entries, files);
}

function formOf(entries: Form['entries'], files: Form['files'] = new Map()): Form {
  return { entries, fields: new Map(entries), files };
}
