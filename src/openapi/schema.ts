/** A JSON schema (2020-12), as data. */
export type Schema = Readonly<Record<string, unknown>>;

type OptionalMembers<Document> = {
  [Member in keyof Document]-?: Partial<Pick<Document, Member>> extends Pick<Document, Member> ? Member : never;
}[keyof Document];

type Members<Names extends PropertyKey> = Readonly<Record<Names, Schema>>;

/** The schema of a document that has these members and no others. */
export function closed(
  required: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  const names = Object.keys(required);
  return {
    type: 'object',
    properties: { ...required, ...optional },
    ...(names.length > 0 ? { required: names } : {}),
    additionalProperties: false,
  };
}

/** The same for a document that has a type: the compiler refuses a member too many, one too few, and one on the wrong side. */
export function closedAs<Document extends object>(
  required: Members<Exclude<keyof Document, OptionalMembers<Document>>>,
  optional: Members<OptionalMembers<Document>>,
): Schema {
  return closed(required, optional);
}

/** Names one of the document's shared schemas. */
export function ref(name: string): Schema {
  return { $ref: `#/components/schemas/${name}` };
}

export function nullable(schema: Schema): Schema {
  const { type, ...rest } = schema;
  const words = rest['enum'];
  if (type === undefined) return { anyOf: [schema, { type: 'null' }] };
  return { ...rest, type: [type, 'null'], ...(Array.isArray(words) ? { enum: [...(words as unknown[]), null] } : {}) };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

export function mapOf(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

export function oneWordOf(words: readonly string[]): Schema {
  return { type: 'string', enum: words };
}

/** The same schema with a sentence, or half of one, for people. */
export function told(description: string, schema: Schema): Schema {
  return { ...schema, description };
}

export const anything: Schema = {};
export const anyObject: Schema = { type: 'object' };
export const text: Schema = { type: 'string' };
export const truth: Schema = { type: 'boolean' };
export const count: Schema = { type: 'integer', minimum: 0 };
export const wholeNumber: Schema = { type: 'integer' };
export const positive: Schema = { type: 'integer', minimum: 1 };
export const spanMs: Schema = { type: 'number', minimum: 0 };
export const time: Schema = { type: 'string', format: 'date-time' };
export const invocationId: Schema = { type: 'string', format: 'uuid' };
export const sha256: Schema = { type: 'string', pattern: '^[0-9a-f]{64}$' };
