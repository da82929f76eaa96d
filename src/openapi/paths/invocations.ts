import { optionalJsonBody, pageOf } from '../bodies.ts';
import { answer, json, ofInvocations, problems, type Paths } from '../operation.ts';
import { functionName, invocation, mode, paging, query } from '../parameters.ts';
import { callErrors, documentErrors } from '../refusals.ts';
import { closed, count, listOf, oneWordOf, positive, ref } from '../schema.ts';
import { name } from '../schemas/name.ts';
import { outcomes } from '../../wire/outcome.ts';
import { invocationModes, invocationStates } from '../../wire/record.ts';

const tags = ['invocations'];
const accepted = answer('It is kept, to be run later', json(ref('InvocationRecord')), [...ofInvocations, 'Location']);
const page = json(pageOf('invocations', 'InvocationRecord'));
const notReplayed = [
  ...documentErrors,
  ...(['INVALID_NAME', 'INVALID_QUERY', 'INVOCATION_NOT_FOUND', 'FUNCTION_NOT_FOUND', 'VERSION_NOT_FOUND'] as const),
  ...(['ALIAS_NOT_FOUND', 'EVENT_NOT_KEPT', 'INSUFFICIENT_STORAGE'] as const),
  ...callErrors,
];

/** What runs now, what became of what ran, and what was given up. */
export const invocationPaths: Paths = {
  '/invocations': {
    get: {
      operationId: 'invocations.running',
      summary: 'Lists the calls that wait or run',
      tags,
      responses: {
        200: answer('In the order in which they came', json(closed({ invocations: listOf(ref('RunningInvocation')) }))),
        ...problems(['INVALID_QUERY']),
      },
    },
  },
  '/invocations/{id}': {
    get: {
      operationId: 'invocations.show',
      summary: 'Shows what became of an invocation, or how far it is',
      tags,
      parameters: [invocation],
      responses: {
        200: answer('What is kept of it', json(ref('InvocationRecord'))),
        ...problems(['INVALID_QUERY', 'INVOCATION_NOT_FOUND']),
      },
    },
    delete: {
      operationId: 'invocations.cancel',
      summary: 'Ends a call that waits or runs',
      tags,
      parameters: [invocation],
      responses: {
        204: answer('It runs no longer'),
        ...problems(['INVOCATION_NOT_FOUND', 'INVOCATION_ENDED']),
      },
    },
  },
  '/invocations/{id}/replay': {
    post: {
      operationId: 'invocations.replay',
      summary: 'Runs the event of an invocation again',
      tags,
      parameters: [invocation, mode],
      requestBody: optionalJsonBody(ref('ReplayRequest')),
      responses: {
        200: answer('However the function ended', json(ref('InvokeReply')), ofInvocations),
        202: accepted,
        ...problems(notReplayed, ofInvocations),
      },
    },
  },
  '/functions/{name}/invocations': {
    get: {
      operationId: 'invocations.list',
      summary: 'Lists the invocations of a function, newest first',
      tags,
      parameters: [
        functionName,
        ...paging,
        query('outcome', oneWordOf(outcomes)),
        query('state', oneWordOf(invocationStates)),
        query('mode', oneWordOf(invocationModes)),
        query('version', positive),
      ],
      responses: { 200: answer('A page', page), ...problems(['INVALID_NAME', 'INVALID_QUERY', 'FUNCTION_NOT_FOUND']) },
    },
  },
  '/dead-letters': {
    get: {
      operationId: 'deadLetters.list',
      summary: 'Lists asynchronous invocations that were given up, newest first',
      tags,
      parameters: [...paging, query('function', name)],
      responses: {
        200: answer('A page', json(pageOf('dead_letters', 'InvocationRecord'))),
        ...problems(['INVALID_QUERY']),
      },
    },
    delete: {
      operationId: 'deadLetters.purge',
      summary: 'Removes all of them, or those of one function',
      tags,
      parameters: [query('function', name)],
      responses: {
        200: answer('How many there were', json(closed({ removed: count }))),
        ...problems(['INVALID_QUERY']),
      },
    },
  },
  '/dead-letters/{id}': {
    delete: {
      operationId: 'deadLetters.remove',
      summary: 'Removes one of them',
      tags,
      parameters: [invocation],
      responses: { 204: answer('It is gone'), ...problems(['INVALID_QUERY', 'INVOCATION_NOT_FOUND']) },
    },
  },
  '/dead-letters/{id}/replay': {
    post: {
      operationId: 'deadLetters.replay',
      summary: 'Accepts its event again, as a new invocation',
      tags,
      parameters: [invocation],
      requestBody: optionalJsonBody(ref('ReplayRequest')),
      responses: { 202: accepted, ...problems(notReplayed, ofInvocations) },
    },
  },
};
