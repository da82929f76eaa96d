import { codeBody } from '../bodies.ts';
import { answer, events, json, problems, type Paths } from '../operation.ts';
import { query, runtimeName } from '../parameters.ts';
import { documentErrors } from '../refusals.ts';
import { closed, listOf, oneWordOf, ref } from '../schema.ts';
import { buildEvents, buildLines } from '../told-builds.ts';

const tags = ['runtimes'];
const parameters = [runtimeName];
const made = { ...json(ref('Runtime')), ...events(buildEvents(ref('Runtime'))) };

/** Runtimes, their builds and images, and languages. */
export const runtimePaths: Paths = {
  '/runtimes': {
    get: {
      operationId: 'runtimes.list',
      summary: 'Lists the runtimes that functions can name',
      tags,
      responses: {
        200: answer('All of them', json(closed({ runtimes: listOf(ref('Runtime')) }))),
        ...problems(['INVALID_QUERY', 'ENGINE_UNAVAILABLE']),
      },
    },
  },
  '/runtimes/{name}': {
    get: {
      operationId: 'runtimes.show',
      summary: 'Shows a runtime',
      tags,
      parameters,
      responses: {
        200: answer('The runtime', json(ref('Runtime'))),
        ...problems(['INVALID_QUERY', 'CUSTOM_RUNTIME_NOT_FOUND', 'ENGINE_UNAVAILABLE']),
      },
    },
    put: {
      operationId: 'runtimes.set',
      summary: 'Makes a custom runtime, or another one of the name',
      tags,
      parameters,
      requestBody: codeBody({
        document: ref('RuntimeRequest'),
        config: ref('RuntimeDefinition'),
        example: {
          contract: 'command',
          dockerfile: 'FROM debian:stable-slim\nWORKDIR /function\nCMD ["perl","main.pl"]',
        },
      }),
      responses: {
        200: answer('Its image serves', made),
        201: answer('It is new, and its image serves', json(ref('Runtime')), ['Location']),
        ...problems([
          ...documentErrors,
          ...([
            'INVALID_NAME',
            'INVALID_QUERY',
            'INVALID_CONFIG',
            'INVALID_RUNTIME',
            'INVALID_UPLOAD',
            'INVALID_ARTIFACT',
          ] as const),
          ...(['BUILD_REFUSED', 'RUNTIME_IN_USE', 'ARTIFACT_TOO_LARGE', 'RUNTIME_BUILD_FAILED', 'QUEUE_FULL'] as const),
          ...(['ENGINE_UNAVAILABLE', 'DRAINING', 'INSUFFICIENT_STORAGE'] as const),
        ]),
      },
    },
    delete: {
      operationId: 'runtimes.remove',
      summary: 'Removes a custom runtime',
      tags,
      parameters,
      responses: {
        204: answer('It is gone'),
        ...problems(['INVALID_NAME', 'INVALID_QUERY', 'CUSTOM_RUNTIME_NOT_FOUND', 'RUNTIME_IN_USE']),
      },
    },
  },
  '/runtimes/{name}/build': {
    get: {
      operationId: 'builds.show',
      summary: "Shows a custom runtime's last build with its log, or follows it",
      tags,
      parameters: [...parameters, query('follow', oneWordOf(['true', 'false']))],
      responses: {
        200: answer('The build; with follow=true events', {
          ...json(ref('BuildWithLog')),
          ...events({ ...buildLines, end: ref('Build') }),
        }),
        ...problems(['INVALID_NAME', 'INVALID_QUERY', 'CUSTOM_RUNTIME_NOT_FOUND']),
      },
    },
    delete: {
      operationId: 'builds.cancel',
      summary: 'Cancels the build that is under way',
      tags,
      parameters,
      responses: {
        204: answer('Nothing of it is left'),
        ...problems(['INVALID_NAME', 'INVALID_QUERY', 'CUSTOM_RUNTIME_NOT_FOUND', 'BUILD_NOT_FOUND']),
      },
    },
  },
  '/images/prune': {
    post: {
      operationId: 'pruneImages',
      summary: 'Removes the images that nothing refers to any more',
      tags,
      responses: {
        200: answer('What was removed', json(closed({ removed: listOf(ref('PrunedImage')) }))),
        ...problems(['INVALID_QUERY', 'ENGINE_UNAVAILABLE']),
      },
    },
  },
  '/languages': {
    get: {
      operationId: 'languages',
      summary: 'Lists the languages that programs may be in',
      tags,
      responses: {
        200: answer('By name', json(closed({ languages: listOf(ref('Language')) }))),
        ...problems(['INVALID_QUERY']),
      },
    },
  },
};
