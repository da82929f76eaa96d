import { name } from './schemas/name.ts';
import { invocationId, oneWordOf, positive, text, told, type Schema } from './schema.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: Schema;
  readonly example?: string;
}

export const functionName = path('name', 'The name of a function', name, 'greet');
export const aliasName = path('alias', 'The name of an alias', name, 'live');
export const scheduleName = path('schedule', 'The name of a schedule', name, 'nightly');
export const secretName = path('name', 'The name of a secret', name, 'db-password');
export const runtimeName = path('name', 'The name of a runtime', text, 'perl');
export const invocation = path('id', 'The id of an invocation', invocationId);

/** `greet`, and where a version or an alias may be named as well `greet@3` and `greet:live`. */
export function reference(description: string, schema: Schema = text): Parameter {
  return path('reference', description, schema, 'greet');
}

export function version(parameter: string, description: string): Parameter {
  return path(parameter, description, positive);
}

export function query(parameter: string, schema: Schema, options: { readonly isRequired?: boolean } = {}): Parameter {
  return { name: parameter, in: 'query', required: options.isRequired ?? false, schema };
}

/** Of lists that come in pages. */
export const paging: readonly Parameter[] = [
  query('limit', { type: 'integer', minimum: 1, maximum: 1000, default: 100 }),
  query('cursor', told('The next_cursor of the page before', text)),
];

export const mode = query('mode', { ...oneWordOf(['sync', 'async']), default: 'sync' });

export const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Sent again with the same key, the request is not carried out again',
  schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
};

/** Of what changes a function or an alias. */
export const ifMatch = header('If-Match', 'The ETag of the state that is to be changed, else 412');
export const ifNoneMatch = header('If-None-Match', 'Tags that it must not have; * creates and never replaces');
/** Of what shows one. */
export const ifChanged = header('If-None-Match', 'The ETag of what is known already: then the reply is 304');

function header(parameter: string, description: string): Parameter {
  return { name: parameter, in: 'header', required: false, description, schema: text };
}

function path(parameter: string, description: string, schema: Schema, example?: string): Parameter {
  return {
    name: parameter,
    in: 'path',
    required: true,
    description,
    schema,
    ...(example === undefined ? {} : { example }),
  };
}
