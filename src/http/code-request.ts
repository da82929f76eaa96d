import type { Request, Response } from 'express';
import { inlineFiles, type UploadedFile } from '../artifacts/upload.ts';
import { isObject } from '../documents/json-object.ts';
import { SraasError } from '../errors.ts';
import { BodyReader } from './read-body.ts';
import { parseJson, requireJson } from './json.ts';
import { leaveUnread } from './unread-body.ts';
import { readUpload, uploadWithoutCode, type UploadOptions } from './upload.ts';

/** What a request brought that carries code: documents, and the files. Dispose of it when they have been used. */
export interface CodeRequest extends AsyncDisposable {
  /** What came beside the files of an upload, or the whole document. */
  readonly document: unknown;
  /** The document without its files and its envelope. */
  readonly config: unknown;
  /** The v1 envelope, where the route has one. */
  readonly envelope: unknown;
  readonly files: Iterable<UploadedFile> | AsyncIterable<UploadedFile>;
  /** False where files need not come, and none did. */
  readonly hasFiles: boolean;
  /** @throws SraasError as a read throws where files have to come, when none did. */
  requireFiles(): void;
  /** What makes it the same request again: the bytes of a document; of an upload the parts, whatever came between them. */
  readonly fingerprinted: () => Promise<Uint8Array>;
}

interface CodeRequestOptions extends Omit<UploadOptions, 'limits' | 'maxBodyBytes'> {
  readonly artifactLimits: UploadOptions['limits'];
  readonly maxDeployBytes: number;
}

/** Reads the two forms in which code comes: one JSON document with inline files, or `multipart/form-data`. */
export class CodeRequestReader {
  readonly #options: CodeRequestOptions;
  readonly #bodies: BodyReader;

  constructor(options: CodeRequestOptions) {
    this.#options = options;
    this.#bodies = new BodyReader(options.maxDeployBytes, 'BODY_TOO_LARGE');
  }

  /** @throws SraasError UNSUPPORTED_MEDIA_TYPE, BODY_TOO_LARGE, INVALID_JSON, INVALID_UPLOAD, INVALID_ARTIFACT, … */
  async read(request: Request, response: Response): Promise<CodeRequest> {
    const type = request.headers['content-type'] ?? '';
    if (/^multipart\/form-data\s*;/i.test(type)) return await this.#readUpload(request, response);
    requireJson(request);
    const body = await this.#bodies.read(request, response);
    const document = parseJson(body);
    if (!isObject(document)) {
      throw new SraasError(
        'INVALID_CONFIG',
        'Send a JSON object like {"runtime":"node24","handler":"main.handler","files":{}}.',
      );
    }
    const { files, ...rest } = document;
    const config: Record<string, unknown> = { ...rest };
    const envelope = config['envelope'];
    if (this.#options.documents.includes('envelope')) delete config['envelope'];
    const hasFiles = files !== undefined || this.#options.filesOptional !== true;
    return {
      document,
      config,
      envelope,
      hasFiles,
      requireFiles: () => {
        if (!hasFiles) inlineFiles(files, this.#options.artifactLimits);
      },
      files: hasFiles ? inlineFiles(files, this.#options.artifactLimits) : [],
      fingerprinted: () => Promise.resolve(body),
      [Symbol.asyncDispose]: async () => {
        await Promise.resolve();
      },
    };
  }

  async #readUpload(request: Request, response: Response): Promise<CodeRequest> {
    const { artifactLimits: limits, maxDeployBytes: maxBodyBytes, ...rest } = this.#options;
    try {
      const upload = await readUpload(request, { ...rest, limits, maxBodyBytes });
      return {
        document: upload.documents.get('config'),
        config: upload.documents.get('config'),
        envelope: upload.documents.get('envelope'),
        files: upload.files,
        hasFiles: upload.hasFiles,
        requireFiles: () => {
          if (!upload.hasFiles) throw uploadWithoutCode();
        },
        fingerprinted: upload.fingerprinted,
        [Symbol.asyncDispose]: () => upload.discard(),
      };
    } catch (error) {
      leaveUnread(request, response);
      throw error;
    }
  }
}
