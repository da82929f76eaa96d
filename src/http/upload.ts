import { Busboy } from '@fastify/busboy';
import { createReadStream } from 'node:fs';
import type { Request } from 'express';
import { Transform, type Readable } from 'node:stream';
import { archiveFiles } from '../artifacts/archive-files.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { checkedFiles } from '../artifacts/checked-files.ts';
import type { ArtifactLimits, UploadedFile } from '../artifacts/upload.ts';
import type { Entry } from '../artifacts/uploaded-file.ts';
import { SraasError } from '../errors.ts';
import { parseJson } from './json.ts';
import { digestParts } from './upload-digest.ts';

type Received = Awaited<ReturnType<ArtifactStore['receive']>>;

interface SavedPart {
  readonly part: 'archive' | 'file';
  readonly path: string;
  readonly received: Received;
}

/** A multipart upload, with its documents parsed and its files saved in the artifacts' staging folder. */
export interface Upload {
  /** The JSON parts by name. */
  readonly documents: ReadonlyMap<string, unknown>;
  readonly files: AsyncIterable<UploadedFile>;
  readonly hasFiles: boolean;
  /** Tells apart uploads of which any part differs, in name or content. */
  readonly fingerprinted: () => Promise<Uint8Array>;
  /** Removes what was saved. Idempotent. */
  discard(): Promise<void>;
}

export interface UploadOptions {
  readonly artifacts: Pick<ArtifactStore, 'receive'>;
  readonly limits: ArtifactLimits;
  readonly maxBodyBytes: number;
  /** Names of the JSON parts. */
  readonly documents: readonly string[];
  /** Whether documents alone will do. */
  readonly filesOptional?: boolean;
}

const maxDocumentBytes = 1_000_000;

/**
 * Reads `multipart/form-data`: JSON parts in any place, and either one `archive` part or several `file` parts whose file
 * names are paths.
 * @throws SraasError INVALID_UPLOAD, INVALID_JSON, BODY_TOO_LARGE, ARTIFACT_TOO_LARGE; nothing stays saved then.
 */
export async function readUpload(request: Request, options: UploadOptions): Promise<Upload> {
  const saved: SavedPart[] = [];
  const texts = new Map<string, Uint8Array>();
  const documents = new Map<string, unknown>();
  const discard = async (): Promise<void> => {
    await Promise.all(saved.map(({ received }) => received.discard()));
  };
  const onDocument = (name: string, text: Uint8Array): void => {
    if (!options.documents.includes(name)) throw unknownPart(name, options.documents);
    if (documents.has(name)) throw new SraasError('INVALID_UPLOAD', `The part ${name} comes twice.`);
    documents.set(name, parseJson(text));
    texts.set(name, text);
  };
  const onFile = async (name: string, path: string, content: Readable): Promise<void> => {
    if (name === 'archive' || name === 'file') {
      saved.push({ part: name, path, received: await options.artifacts.receive(content) });
    } else {
      onDocument(name, await collect(content));
    }
  };
  try {
    await parseParts(request, options.maxBodyBytes, onDocument, onFile);
    const archives = saved.filter(({ part }) => part === 'archive');
    const hasFiles = saved.length > 0;
    if (!hasFiles && options.filesOptional !== true) throw uploadWithoutCode();
    if (archives.length > 0 && saved.length > 1) {
      throw new SraasError(
        'INVALID_UPLOAD',
        'Send one archive part, or file parts, but not both and not two archives.',
      );
    }
    const [archive] = archives;
    const files =
      archive === undefined
        ? checkedFiles(savedFiles(saved), options.limits)
        : archiveFiles(archive.received.path, options.limits);
    return { documents, files, hasFiles, fingerprinted: () => digestParts(texts, saved), discard };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** Runs the parser to its end, or to the first error of anybody; then nothing is under way any more. */
async function parseParts(
  request: Request,
  maxBodyBytes: number,
  onDocument: (name: string, text: Uint8Array) => void,
  onFile: (name: string, path: string, content: Readable) => Promise<void>,
): Promise<void> {
  const working: Promise<void>[] = [];
  const contents: Readable[] = [];
  const counter = byteLimit(maxBodyBytes);
  try {
    await new Promise<void>((resolve, reject) => {
      const parser = new Busboy({
        headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
        limits: { fieldSize: maxDocumentBytes, fields: 10, parts: 100_000 },
        preservePath: true,
      });
      const attempt = (work: () => void): void => {
        try {
          work();
        } catch (error) {
          reject(error);
        }
      };
      parser.on('field', (name, value, _nameTruncated, valueTruncated) => {
        attempt(() => {
          if (valueTruncated) throw documentTooLarge(name);
          onDocument(name, Buffer.from(value));
        });
      });
      parser.on('file', (name, content, path) => {
        contents.push(content);
        const work = onFile(name, path, content);
        working.push(work);
        work.catch((error: unknown) => {
          content.resume();
          reject(error);
        });
      });
      for (const limit of ['partsLimit', 'filesLimit', 'fieldsLimit'] as const) {
        parser.on(limit, () => {
          reject(new SraasError('INVALID_UPLOAD', 'The upload has too many parts; send an archive instead.'));
        });
      }
      parser.on('error', () => {
        reject(new SraasError('INVALID_UPLOAD', 'The multipart body is malformed or breaks off.'));
      });
      parser.on('finish', resolve);
      counter.on('error', reject);
      request.on('aborted', () => {
        reject(new SraasError('BAD_REQUEST', 'The body ended too early.'));
        parser.destroy();
      });
      request.pipe(counter).pipe(parser);
    });
    await Promise.all(working);
  } catch (error) {
    request.unpipe(counter);
    counter.destroy();
    // Nothing more comes of them: whoever saves one waits for its end.
    for (const content of contents) content.destroy();
    await Promise.allSettled(working);
    throw error;
  }
}

function byteLimit(maxBytes: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= maxBytes) done(null, chunk);
      else done(new SraasError('BODY_TOO_LARGE', `An upload may have at most ${maxBytes} bytes.`));
    },
  });
}

async function collect(content: Readable): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of content as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxDocumentBytes) throw documentTooLarge('config');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function* savedFiles(saved: readonly SavedPart[]): Iterable<Entry> {
  for (const { path, received } of saved) {
    yield { kind: 'file', path, executable: false, content: createReadStream(received.path) };
  }
}

/** The refusal of a form without files. */
export function uploadWithoutCode(): SraasError {
  return new SraasError('INVALID_UPLOAD', 'Add the code as an archive part, or as file parts.');
}

function documentTooLarge(name: string): SraasError {
  return new SraasError('BODY_TOO_LARGE', `The part ${name} may have at most ${maxDocumentBytes} bytes.`);
}

function unknownPart(name: string, known: readonly string[]): SraasError {
  const parts = [...known, 'archive', 'file'].join(', ');
  return new SraasError(
    'INVALID_UPLOAD',
    `There is no part ${JSON.stringify(name.slice(0, 64))}; the parts are ${parts}.`,
  );
}
