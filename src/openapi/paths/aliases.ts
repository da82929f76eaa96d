import { jsonBody } from '../bodies.ts';
import { answer, json, problems, type Paths } from '../operation.ts';
import { aliasName, functionName, ifChanged, ifMatch, ifNoneMatch } from '../parameters.ts';
import { documentErrors } from '../refusals.ts';
import { closed, listOf, ref } from '../schema.ts';

const tags = ['aliases'];
const parameters = [functionName, aliasName];
const notThere = ['INVALID_NAME', 'FUNCTION_NOT_FOUND', 'ALIAS_NOT_FOUND'] as const;
const alias = json(ref('Alias'));

/** Movable names for versions. */
export const aliasPaths: Paths = {
  '/functions/{name}/aliases': {
    get: {
      operationId: 'aliases.list',
      summary: 'Lists the aliases of a function by name',
      tags,
      parameters: [functionName],
      responses: {
        200: answer('All of them', json(closed({ aliases: listOf(ref('Alias')) }))),
        ...problems(['INVALID_NAME', 'INVALID_QUERY', 'FUNCTION_NOT_FOUND']),
      },
    },
  },
  '/functions/{name}/aliases/{alias}': {
    get: {
      operationId: 'aliases.look',
      summary: 'Shows an alias',
      tags,
      parameters: [...parameters, ifChanged],
      responses: {
        200: answer('The alias', alias, ['ETag']),
        304: answer('It has the tag that was sent'),
        ...problems(notThere),
      },
    },
    put: {
      operationId: 'aliases.set',
      summary: 'Has an alias lead to a version, or to two that share its calls',
      tags,
      parameters: [...parameters, ifMatch, ifNoneMatch],
      requestBody: jsonBody(ref('AliasTarget'), { version: 1, other_version: 2, other_percent: 10 }),
      responses: {
        200: answer('It leads there now, or did before', alias, ['ETag']),
        201: answer('It is new', alias, ['ETag', 'Location']),
        ...problems([...documentErrors, ...notThere, 'INVALID_ALIAS', 'VERSION_NOT_FOUND', 'PRECONDITION_FAILED']),
      },
    },
    delete: {
      operationId: 'aliases.remove',
      summary: 'Removes an alias',
      tags,
      parameters: [...parameters, ifMatch, ifNoneMatch],
      responses: { 204: answer('It is gone'), ...problems([...notThere, 'PRECONDITION_FAILED']) },
    },
  },
};
