import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

type Json = Readonly<Record<string, unknown>>;

interface Media {
  readonly schema: Json;
  readonly 'x-sraas-events'?: Readonly<Record<string, Json>>;
}

interface DescribedReply {
  readonly content?: Readonly<Record<string, Media>>;
}

interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, DescribedReply | { readonly $ref: string }>>;
}

/** As much of an OpenAPI document as tests look at. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: Readonly<Record<'schemas' | 'headers' | 'responses', Json>>;
}

const address = 'http://described.test/openapi.json';

/** An OpenAPI document that says whether what an API takes and gives is as described. */
export class DescribedApi {
  readonly document: ApiDocument;
  readonly #ajv: Ajv2020;

  constructor(document: ApiDocument) {
    this.document = document;
    this.#ajv = new Ajv2020({ strict: true, allErrors: true });
    this.#ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    this.#ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    // The document is no schema, though its schemas are found in it by their places.
    this.#ajv.addVocabulary(Object.keys(document));
    this.#ajv.addSchema(document, address);
  }

  /** Compiles what a JSON pointer leads to. Throws for what is no schema, and for a reference that leads nowhere. */
  compile(...path: readonly string[]): ValidateFunction {
    return this.#ajv.compile({ $ref: `${address}#${path.map(escaped).join('')}` });
  }

  /** Where schemas are, as the members that lead to each. */
  schemaPaths(): readonly (readonly string[])[] {
    const shared = Object.keys(this.document.components.schemas).map((name) => ['components', 'schemas', name]);
    return [...shared, ...schemasIn(this.document, [])];
  }

  /** The templates of paths, with the operation of each method. */
  operations(): readonly { readonly method: string; readonly path: string; readonly operation: DescribedOperation }[] {
    return Object.entries(this.document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
    );
  }

  /** What is wrong with a reply's body by what is said of its status and type; undefined when it is as described. */
  faultOfReply(
    request: Request,
    reply: { readonly status: number; readonly type: string; readonly body: unknown },
  ): unknown {
    const { path, operation } = this.#find(request);
    const named = operation.responses[String(reply.status)];
    const where =
      named === undefined
        ? ['components', 'responses', 'Problem']
        : ['paths', path, request.method, 'responses', String(reply.status)];
    if (named === undefined && reply.status < 400) return `${reply.status} is not described`;
    const { content = {} } = (named ?? this.document.components.responses['Problem']) as DescribedReply;
    if (reply.type === '') return Object.keys(content).length === 0 ? undefined : 'there is no body';
    if (content[reply.type] === undefined) return `${reply.type} is not described`;
    return this.#fault([...where, 'content', reply.type, 'schema'], reply.body);
  }

  /** Whether a status is told by itself, rather than among those that any request may get. */
  names(request: Request, status: number): boolean {
    return this.#find(request).operation.responses[String(status)] !== undefined;
  }

  /** What is wrong with the JSON body of a request. */
  faultOfRequest(request: Request, body: unknown): unknown {
    const { path } = this.#find(request);
    const where = ['paths', path, request.method, 'requestBody', 'content', 'application/json', 'schema'];
    return this.#fault(where, body);
  }

  /** The same of the data of an event of a stream. */
  faultOfEvent(request: Request, name: string, data: unknown): unknown {
    const { path } = this.#find(request);
    const where = ['paths', path, request.method, 'responses', '200', 'content', 'text/event-stream', 'x-sraas-events'];
    return this.#fault([...where, name], data);
  }

  #fault(where: readonly string[], value: unknown): unknown {
    const validate = this.compile(...where);
    return validate(value) ? undefined : validate.errors;
  }

  #find({ method, path }: Request): { readonly path: string; readonly operation: DescribedOperation } {
    const found = this.operations().find((each) => each.method === method && patternOf(each.path).test(path));
    if (found === undefined) throw new Error(`${method} ${path} is not described`);
    return found;
  }
}

/** A method in lower case, and a path without its query. */
interface Request {
  readonly method: string;
  readonly path: string;
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

function escaped(member: string): string {
  return `/${encodeURIComponent(member.replaceAll('~', '~0').replaceAll('/', '~1'))}`;
}

function schemasIn(value: unknown, path: readonly string[]): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const here = [...path, name];
    if (path.length === 1 && path[0] === 'components' && name === 'schemas') return [];
    if (name === 'schema') return [here];
    if (name === 'x-sraas-events') return Object.keys(member as object).map((event) => [...here, event]);
    return name === 'example' ? [] : schemasIn(member, here);
  });
}
