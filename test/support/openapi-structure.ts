/**
 * What an OpenAPI 3.1 document may be made of, as far as ours is: each object closed, so that a member too many or in the wrong
 * place is found. Source: the OpenAPI Specification 3.1.1, section 4.8.
 */
export const openapiStructure = {
  $ref: '#/$defs/document',
  $defs: {
    document: closed(
      {
        openapi: { type: 'string', pattern: '^3\\.1\\.\\d+$' },
        info: closed(
          { title: text(), version: text() },
          { summary: text(), description: text(), license: closed({ name: text() }, { identifier: text() }) },
        ),
        paths: {
          type: 'object',
          propertyNames: { pattern: '^/' },
          additionalProperties: { $ref: '#/$defs/pathItem' },
        },
      },
      {
        jsonSchemaDialect: text(),
        servers: { type: 'array', items: closed({ url: text() }) },
        security: { type: 'array' },
        components: closed({}, { schemas: mapOf(schema()), headers: mapOf('header'), responses: mapOf('response') }),
      },
    ),
    pathItem: closed(
      {},
      Object.fromEntries(
        ['get', 'put', 'post', 'delete', 'patch', 'head', 'options', 'trace'].map((method) => [
          method,
          { $ref: '#/$defs/operation' },
        ]),
      ),
    ),
    operation: closed(
      {
        operationId: text(),
        responses: {
          type: 'object',
          minProperties: 1,
          propertyNames: { pattern: '^([1-5]\\d\\d|default)$' },
          additionalProperties: orReference('response'),
        },
      },
      {
        summary: text(),
        description: text(),
        tags: { type: 'array', items: text() },
        parameters: { type: 'array', uniqueItems: true, items: { $ref: '#/$defs/parameter' } },
        requestBody: closed({ content: content() }, { required: { type: 'boolean' }, description: text() }),
      },
    ),
    parameter: {
      ...closed(
        { name: text(), in: { enum: ['path', 'query', 'header'] }, schema: schema() },
        { required: { type: 'boolean' }, description: text(), example: {} },
      ),
      // A path's part is always there; and these three headers are no parameters.
      if: { type: 'object', properties: { in: { const: 'path' } } },
      then: { type: 'object', properties: { required: { const: true } } },
      else: { type: 'object', properties: { name: { not: { enum: ['Accept', 'Content-Type', 'Authorization'] } } } },
    },
    response: closed({ description: text() }, { headers: mapOf('header'), content: content() }),
    header: { anyOf: [reference(), closed({ schema: schema() }, { description: text() })] },
    media: closed(
      { schema: schema() },
      {
        example: {},
        encoding: { type: 'object', additionalProperties: closed({ contentType: text() }) },
        'x-sraas-events': mapOf(schema()),
      },
    ),
  },
};

function closed(required: Readonly<Record<string, object>>, optional: Readonly<Record<string, object>> = {}): object {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

function text(): object {
  return { type: 'string', minLength: 1 };
}

/** Whether it is one is for a compiler of schemas to say. */
function schema(): object {
  return { type: 'object' };
}

function reference(): object {
  return closed({ $ref: { type: 'string', pattern: '^#/components/' } });
}

function orReference(name: string): object {
  return { anyOf: [reference(), { $ref: `#/$defs/${name}` }] };
}

function mapOf(values: string | object): object {
  return { type: 'object', additionalProperties: typeof values === 'string' ? { $ref: `#/$defs/${values}` } : values };
}

function content(): object {
  return mapOf('media');
}
