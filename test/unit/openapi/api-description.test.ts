import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Router } from 'express';
import { describe, expect, it } from 'vitest';
import { SraasClient } from '../../../src/client/sraas-client.ts';
import { errorTable } from '../../../src/errors.ts';
import { defaultFunctionPolicy } from '../../../src/functions/function-policy.ts';
import { createApp, methodsOf, type AppParts } from '../../../src/http/app.ts';
import { apiDescription } from '../../../src/openapi/api-description.ts';
import { DescribedApi, type ApiDocument } from '../../support/described-api.ts';
import { openapiStructure } from '../../support/openapi-structure.ts';

const document = apiDescription({ productVersion: '1.2.3', policy: defaultFunctionPolicy }) as ApiDocument;
const api = new DescribedApi(document);

/** Paths are the same whatever their parts are called. */
const unnamed = (path: string): string => path.replaceAll(/\{\w+\}|:\w+/g, '{}');

const described = api.operations().map(({ method, path }) => `${method.toUpperCase()} ${unnamed(path)}`);

function routesOf(stack: Router['stack']): readonly string[] {
  return stack.flatMap(({ route, handle }) => {
    if (route === undefined) return 'stack' in handle ? routesOf(handle.stack as Router['stack']) : [];
    return route.stack.map(({ method }) => `${method.toUpperCase()} ${unnamed(route.path)}`);
  });
}

/** The paths that a pattern of the app is for. */
function pathsOf({ source }: RegExp): readonly string[] {
  const path = source.slice(1, -1).replaceAll('\\/', '/').replaceAll('\\.', '.').replaceAll('[^/]+', '{}');
  const words = /\(([^)]+)\)/.exec(path)?.[1];
  return words === undefined ? [path] : words.split('|').map((word) => path.replace(`(${words})`, word));
}

describe('the description of the API', () => {
  it('is of the form of OpenAPI 3.1', () => {
    const validate = new Ajv2020({ allErrors: true }).compile(openapiStructure);
    expect(validate(document) ? [] : validate.errors).toEqual([]);
  });

  it('has every route of the app, and no other', () => {
    const parts = { allowedHosts: [], allowedOrigins: [], maxEventBytes: 1 } as unknown as AppParts;
    const routes = routesOf((createApp(parts) as unknown as { readonly router: Router }).router.stack);
    expect(routes.length).toBeGreaterThan(40);
    expect([...described].sort()).toEqual([...routes].sort());
  });

  it('has for every path the methods that the app names who asks in another way, and no other', () => {
    const named = methodsOf.flatMap(([pattern, methods]) =>
      methods
        .filter((method) => method !== 'HEAD')
        .flatMap((method) => pathsOf(pattern).map((path) => `${method} ${path}`)),
    );
    expect([...described].sort()).toEqual(named.sort());
    for (const [, methods] of methodsOf) expect(methods.includes('HEAD')).toBe(methods.includes('GET'));
  });

  it('has no two paths that are told apart by the names of their parts alone', () => {
    const paths = Object.keys(document.paths).map(unnamed);
    expect(new Set(paths).size).toBe(paths.length);
  });

  it.each(api.operations())('names the parts of $method $path as its parameters', ({ path, operation }) => {
    const named = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    expect(named.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort());
  });

  it('calls operations what the client in TypeScript calls them', () => {
    const client: unknown = new SraasClient({ url: 'http://127.0.0.1' });
    const ids = api.operations().map(({ operation }) => operation.operationId);
    const methodOf = (id: string): unknown =>
      id.split('.').reduce((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], client);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => typeof methodOf(id) !== 'function')).toEqual(['readiness', 'metrics', 'apiDescription']);
  });

  it('has the version of the product', () => {
    expect(document.info.version).toBe('1.2.3');
  });

  it('has a problem document with every code there is', () => {
    expect(document.components.schemas['Problem']).toMatchObject({
      properties: { code: { enum: Object.keys(errorTable) } },
      additionalProperties: false,
    });
  });

  it('has the ranges that the operator allows, and the defaults', () => {
    const policy = { ...defaultFunctionPolicy, maxMemoryMb: 128, reuseAllowed: false };
    const { components } = apiDescription({ productVersion: '1', policy }) as ApiDocument;
    expect(components.schemas['FunctionConfig']).toMatchObject({
      properties: {
        limits: { properties: { memory_mb: { minimum: 32, maximum: 128, default: 128 } } },
        isolation: { enum: ['fresh'], default: 'fresh' },
      },
    });
    // What was deployed before goes by other limits.
    expect(components.schemas['Function']).toMatchObject({
      properties: {
        limits: { properties: { memory_mb: { type: 'integer' } } },
        isolation: { enum: ['warm', 'fresh'] },
      },
    });
    expect(JSON.stringify(components.schemas['Function'])).not.toContain('"maximum"');
  });
});

describe('the schemas of the description', () => {
  it('compile, every one of them, as strict JSON Schema 2020-12', () => {
    const paths = api.schemaPaths();
    expect(paths.length).toBeGreaterThan(200);
    for (const path of paths) expect(() => api.compile(...path), path.join('/')).not.toThrow();
  });

  it('are used, every one of them', () => {
    const text = JSON.stringify(document);
    const names = Object.keys(document.components.schemas);
    expect(names.filter((name) => !text.includes(`"#/components/schemas/${name}"`))).toEqual([]);
  });

  it('are closed wherever they name members', () => {
    const open: string[] = [];
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return;
      const { properties, additionalProperties, $ref: reference } = value as Readonly<Record<string, unknown>>;
      // Beside a reference they only say more of what is closed there.
      if (properties !== undefined && reference === undefined && additionalProperties !== false) open.push(path);
      for (const [name, member] of Object.entries(value)) if (name !== 'example') visit(member, `${path}/${name}`);
    };
    visit(document, '');
    expect(open).toEqual([]);
  });

  it('hold for the examples', () => {
    const examples = api.operations().flatMap(({ method, path, operation }) => {
      const media = operation.requestBody?.content['application/json'];
      return media !== undefined && 'example' in media ? [{ method, path, example: media.example }] : [];
    });
    expect(examples.length).toBeGreaterThan(6);
    for (const { method, path, example } of examples) {
      expect(api.faultOfRequest({ method, path }, example), `${method} ${path}`).toBeUndefined();
    }
  });

  it.each([
    ['a member that is not known', { runtime: 'node24', handler: 'main.handler', files: {}, colour: 'red' }],
    ['a text for a number', { runtime: 'node24', files: {}, limits: { memory_mb: '256' } }],
    ['no runtime', { files: {} }],
  ])('refuse a deploy with %s, as the server does', (_fault, body) => {
    expect(api.faultOfRequest({ method: 'put', path: '/functions/greet' }, body)).toBeDefined();
  });

  it('let a patch put members back to their defaults', () => {
    const patch = { handler: null, limits: { memory_mb: 64, cpus: null }, env: { OLD: null }, async: null };
    expect(api.faultOfRequest({ method: 'patch', path: '/functions/greet' }, patch)).toBeUndefined();
    expect(
      api.faultOfRequest({ method: 'patch', path: '/functions/greet' }, { limits: { memory_mb: 'much' } }),
    ).toBeDefined();
  });
});
