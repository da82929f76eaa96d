import { errorTable, type ErrorCode } from '../errors.ts';
import type { Parameter } from './parameters.ts';
import { ref, type Schema } from './schema.ts';

export interface MediaType {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
  readonly encoding?: Readonly<Record<string, { readonly contentType: string }>>;
  /** The data of server-sent events by the events' names: OpenAPI 3.1 has no member for them. */
  readonly 'x-sraas-events'?: Readonly<Record<string, Schema>>;
}

type Content = Readonly<Record<string, MediaType>>;
type HeaderName = keyof typeof headers;

export interface Reply {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Schema>>;
  readonly content?: Content;
}

/** By status. */
type Replies = Readonly<Record<string, Reply | { readonly $ref: string }>>;

export interface RequestBody {
  readonly required: boolean;
  readonly content: Content;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: RequestBody;
  readonly responses: Replies;
}

/** The paths of one group. The name of a path's part in braces is that of its parameter. */
export type Paths = Readonly<Record<string, Readonly<Partial<Record<Method, Operation>>>>>;

type Method = 'get' | 'put' | 'post' | 'patch' | 'delete';

/** Headers of replies, by their names. */
export const headers = {
  'X-Request-Id': { description: 'An id of this request', schema: { type: 'string' } },
  'x-sraas-invocation-id': { description: "The invocation's id", schema: { type: 'string' } },
  'x-sraas-outcome': {
    description: 'Its outcome; not_run with an error, accepted with 202',
    schema: { anyOf: [ref('Outcome'), { enum: ['not_run', 'accepted'] }] },
  },
  'Idempotency-Replayed': { description: 'This reply came before, for the same key', schema: { const: 'true' } },
  ETag: { description: 'A tag of this state, for If-Match', schema: { type: 'string' } },
  Location: { description: 'The path of what was made', schema: { type: 'string' } },
  'Retry-After': { description: 'Seconds after which to try again, where that is known', schema: { type: 'integer' } },
} as const;

export const ofInvocations: readonly HeaderName[] = ['x-sraas-invocation-id', 'x-sraas-outcome'];

export function json(schema: Schema, example?: unknown): Content {
  return { 'application/json': { schema, ...(example === undefined ? {} : { example }) } };
}

/** A stream of server-sent events, by the events' names. */
export function events(byName: Readonly<Record<string, Schema>>): Content {
  const description = `Server-sent events: ${Object.keys(byName).join(', ')}. x-sraas-events has the schema of the data of each`;
  return { 'text/event-stream': { schema: { type: 'string', description }, 'x-sraas-events': byName } };
}

export function answer(description: string, content?: Content, names: readonly HeaderName[] = []): Reply {
  return {
    description,
    headers: namedHeaders(['X-Request-Id', ...names]),
    ...(content === undefined ? {} : { content }),
  };
}

/** What any request may meet, whatever it asks for. */
const anywhere: readonly ErrorCode[] = [
  ...(['BAD_REQUEST', 'ORIGIN_NOT_ALLOWED', 'REQUEST_TIMEOUT', 'HOST_NOT_ALLOWED', 'HEADERS_TOO_LARGE'] as const),
  ...(['INTERNAL', 'STORE_UNAVAILABLE', 'DRAINING'] as const),
];

/** The replies with errors: one for each status, and `default` for what any request may meet. */
export function problems(codes: readonly ErrorCode[], names: readonly HeaderName[] = []): Replies {
  const statusOf = (code: ErrorCode): number => errorTable[code].status;
  const statuses = new Set(codes.map(statusOf));
  // What any request may meet is told by `default`, but not beside another code of its status.
  const all = new Set([...codes, ...anywhere.filter((code) => statuses.has(statusOf(code)))]);
  const replies = [...statuses].map((status) => {
    const ofStatus = [...all].filter((code) => statusOf(code) === status);
    return [String(status), problem(ofStatus, names)] as const;
  });
  return {
    ...Object.fromEntries(replies),
    default: { $ref: `#/components/responses/${names.length === 0 ? 'Problem' : 'ProblemOfInvocation'}` },
  };
}

function problem(codes: readonly ErrorCode[], names: readonly HeaderName[]): Reply {
  const isRetryable = codes.some((code) => errorTable[code].retryable);
  const schema: Schema = { ...ref('Problem'), type: 'object', properties: { code: { enum: codes } } };
  return answer(
    codes.map((code) => `${code}: ${errorTable[code].title}`).join('. '),
    { 'application/problem+json': { schema } },
    [...names, ...(isRetryable ? (['Retry-After'] as const) : [])],
  );
}

function anyProblem(names: readonly HeaderName[]): Reply {
  const content = { 'application/problem+json': { schema: ref('Problem') } };
  return answer('What any request may meet, such as a Host header that is not allowed', content, names);
}

function namedHeaders(names: readonly HeaderName[]): Readonly<Record<string, Schema>> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Replies that many operations have. */
export const sharedReplies = { Problem: anyProblem([]), ProblemOfInvocation: anyProblem(ofInvocations) };
