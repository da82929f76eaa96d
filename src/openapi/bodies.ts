import type { RequestBody } from './operation.ts';
import { closed, listOf, ref, told, type Schema } from './schema.ts';

export function jsonBody(schema: Schema, example?: unknown): RequestBody {
  return { required: true, content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } } };
}

export function optionalJsonBody(schema: Schema): RequestBody {
  return { ...jsonBody(schema), required: false };
}

const archive = told('A zip, tar or tar.gz', { contentMediaType: 'application/octet-stream' });
const files = told('File names are paths', listOf({ contentMediaType: 'application/octet-stream' }));

interface CodeBody {
  readonly document: Schema;
  readonly config: Schema;
  /** Further JSON parts. */
  readonly optionalParts?: Readonly<Record<string, Schema>>;
  readonly example: unknown;
}

/** Code as one document with its files, or as a form with an archive or single files. */
export function codeBody({ document, config, optionalParts = {}, example }: CodeBody): RequestBody {
  const parts = ['config', ...Object.keys(optionalParts)];
  return {
    required: true,
    content: {
      'application/json': { schema: document, example },
      'multipart/form-data': {
        schema: closed({ config }, { ...optionalParts, archive, file: files }),
        encoding: Object.fromEntries(parts.map((part) => [part, { contentType: 'application/json' }])),
      },
    },
  };
}

/** A list that comes in pages. */
export function pageOf(member: string, schema: string): Schema {
  return closed({ [member]: listOf(ref(schema)), next_cursor: { type: ['string', 'null'] } });
}
