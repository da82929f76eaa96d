import { codeBody, optionalJsonBody, pageOf } from '../bodies.ts';
import { deployErrors, keyErrors } from '../refusals.ts';
import { answer, events, json, problems, type Paths } from '../operation.ts';
import {
  functionName,
  idempotencyKey,
  ifChanged,
  ifMatch,
  ifNoneMatch,
  paging,
  reference,
  version,
} from '../parameters.ts';
import { ref } from '../schema.ts';
import { name } from '../schemas/name.ts';
import { buildEvents } from '../told-builds.ts';

const tags = ['functions'];
const newest = reference('The name of a function', name);
const replaced = answer('There is a next version, or nothing to change', { ...json(ref('DeployReply')) }, ['ETag']);

const deployed = { ...json(ref('DeployReply')), ...events(buildEvents(ref('DeployReply'))) };
const code = {
  document: ref('DeployRequest'),
  config: ref('FunctionConfig'),
  example: {
    runtime: 'node24',
    handler: 'main.handler',
    files: { 'main.mjs': 'export const handler = ({ name }) => `Hello ${name}`' },
  },
};

/** Functions and their versions. */
export const functionPaths: Paths = {
  '/functions': {
    get: {
      operationId: 'list',
      summary: 'Lists functions by name',
      tags,
      parameters: paging,
      responses: { 200: answer('A page', json(pageOf('functions', 'Function'))), ...problems(['INVALID_QUERY']) },
    },
  },
  '/functions/{reference}': {
    get: {
      operationId: 'show',
      summary: 'Shows a function with its newest version, or one version',
      tags,
      parameters: [reference('greet, greet@3 or greet:live'), ifChanged],
      responses: {
        200: answer('The function, or the version', json({ anyOf: [ref('Function'), ref('Version')] }), ['ETag']),
        304: answer('It has the tag that was sent'),
        ...problems(['INVALID_NAME', 'FUNCTION_NOT_FOUND', 'VERSION_NOT_FOUND', 'ALIAS_NOT_FOUND']),
      },
    },
    put: {
      operationId: 'deploy',
      summary: 'Creates a function or publishes its next version',
      tags,
      parameters: [newest, idempotencyKey, ifMatch, ifNoneMatch],
      requestBody: codeBody(code),
      responses: {
        200: answer('There is a next version, or nothing to change', deployed, ['ETag', 'Idempotency-Replayed']),
        201: answer('The function is new', json(ref('DeployReply')), ['ETag', 'Location', 'Idempotency-Replayed']),
        ...problems([
          ...deployErrors,
          ...(['INVALID_NAME', 'INVALID_UPLOAD', 'INSUFFICIENT_STORAGE', 'PRECONDITION_FAILED'] as const),
          ...keyErrors,
        ]),
      },
    },
    patch: {
      operationId: 'versions.patch',
      summary: 'Publishes a version with the same code and a changed configuration',
      tags,
      parameters: [newest, ifMatch, ifNoneMatch],
      requestBody: {
        required: true,
        content: {
          'application/merge-patch+json': { schema: ref('FunctionConfigPatch') },
          'application/json': { schema: ref('FunctionConfigPatch'), example: { limits: { memory_mb: 256 } } },
        },
      },
      responses: {
        200: replaced,
        ...problems([...deployErrors, 'INVALID_NAME', 'FUNCTION_NOT_FOUND', 'PRECONDITION_FAILED']),
      },
    },
    delete: {
      operationId: 'remove',
      summary: 'Removes a function, or one version',
      tags,
      parameters: [reference('greet or greet@3'), ifMatch, ifNoneMatch],
      responses: {
        204: answer('It is gone'),
        ...problems([
          'INVALID_NAME',
          'FUNCTION_NOT_FOUND',
          'VERSION_NOT_FOUND',
          'VERSION_IN_USE',
          'PRECONDITION_FAILED',
        ]),
      },
    },
  },
  '/functions/{name}/versions': {
    get: {
      operationId: 'versions.list',
      summary: 'Lists the versions of a function, newest first',
      tags,
      parameters: [functionName, ...paging],
      responses: {
        200: answer('A page', json(pageOf('versions', 'Version'))),
        ...problems(['INVALID_NAME', 'INVALID_QUERY', 'FUNCTION_NOT_FOUND']),
      },
    },
  },
  '/functions/{name}/versions/{from}/diff/{to}': {
    get: {
      operationId: 'versions.difference',
      summary: 'Tells how one version differs from another',
      tags,
      parameters: [functionName, version('from', 'The number of the one'), version('to', 'The number of the other')],
      responses: {
        200: answer('The difference', json(ref('VersionDifference'))),
        ...problems(['INVALID_NAME', 'INVALID_QUERY', 'FUNCTION_NOT_FOUND', 'VERSION_NOT_FOUND']),
      },
    },
  },
  '/functions/{reference}/rollback': {
    post: {
      operationId: 'versions.rollBack',
      summary: 'Publishes a former version again; or has an alias lead where it led before',
      tags,
      parameters: [reference('greet or greet:live'), ifMatch, ifNoneMatch],
      requestBody: optionalJsonBody(ref('RollbackRequest')),
      responses: {
        200: answer(
          'The function with its next version, or the alias',
          json({ oneOf: [ref('DeployReply'), ref('Alias')] }),
          ['ETag'],
        ),
        ...problems([
          ...deployErrors,
          ...([
            'INVALID_NAME',
            'FUNCTION_NOT_FOUND',
            'VERSION_NOT_FOUND',
            'ALIAS_NOT_FOUND',
            'PRECONDITION_FAILED',
          ] as const),
        ]),
      },
    },
  },
};
