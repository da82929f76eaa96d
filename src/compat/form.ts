import { Busboy } from '@fastify/busboy';
import { SraasError } from '../errors.ts';

export interface FormFile {
  /** As the client calls it; any text. */
  readonly name: string;
  readonly content: Buffer;
}

/** What a form brought. Of fields and files that come more than once, the last. */
export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly files: ReadonlyMap<string, FormFile>;
}

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
    return { fields: new Map(new URLSearchParams(body.toString('utf8'))), files: new Map() };
  }
  const fields = new Map<string, string>();
  const files = new Map<string, FormFile>();
  const parsed = new Promise<void>((resolve, reject) => {
    // What a field may have is what the body may have, which has been read.
    const limits = { fieldSize: body.length + 1, fields: 100, files: 100 };
    const parser = new Busboy({ headers: { 'content-type': type }, limits, preservePath: true });
    parser.on('field', (name, value) => fields.set(name, value));
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
    throw new SraasError('INVALID_UPLOAD', 'The multipart body is malformed or breaks off.');
  }
  return { fields, files };
}
