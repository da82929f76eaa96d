import { codeBody, jsonBody } from '../bodies.ts';
import { answer, events, json, ofInvocations, problems, type Paths } from '../operation.ts';
import { functionName, idempotencyKey, mode, query, reference } from '../parameters.ts';
import { callErrors, documentErrors, keyErrors } from '../refusals.ts';
import {
  closed,
  count,
  invocationId,
  nullable,
  positive,
  ref,
  spanMs,
  text,
  time,
  truth,
  type Schema,
} from '../schema.ts';

const tags = ['calls'];

const replyExample = {
  result: 'Hello Ada',
  logs: '',
  error: null,
  duration_ms: 0.074,
  invocation: {
    id: '01a53c9e-6a2b-7c50-9f0e-3d1c8f2b7a11',
    function: 'greet',
    version: 1,
    outcome: 'ok',
    exit_code: null,
    cold_start: true,
    queue_ms: 0.058,
    init_ms: 153.682,
    max_memory_bytes: 10_948_608,
    cpu_ms: 0.676,
    logs_truncated: false,
  },
};

/** Of what was written by a program: text, or base64 where that was asked for. */
const piece: Schema = { anyOf: [closed({ text }), closed({ base64: text })] };

const programEvents = {
  started: closed({ id: invocationId }),
  stdout: piece,
  stderr: piece,
  dropped: closed({ bytes: count }),
  ended: ref('ProgramEnded'),
  error: ref('Problem'),
};

const ofCall = { invocation_id: invocationId, at: time };
const none = closed({});

const logEvents = {
  following: none,
  begin: closed({ ...ofCall, version: positive }),
  log: closed({ ...ofCall, text }),
  end: closed({
    ...ofCall,
    outcome: nullable(ref('Outcome')),
    code: nullable(text),
    duration_ms: spanMs,
    logs_truncated: truth,
  }),
  dropped: closed({ bytes: count, events: count }),
  removed: none,
  draining: none,
};

/** Calls of functions, runs of code that is not deployed, and logs while they are written. */
export const callPaths: Paths = {
  '/functions/{reference}/invoke': {
    post: {
      operationId: 'invoke',
      summary: 'Invokes a function and waits for its end, or has it run later',
      tags,
      parameters: [reference('greet, greet@3 or greet:live'), mode, idempotencyKey],
      requestBody: jsonBody(ref('Envelope'), { version: 'v1', event: { name: 'Ada' } }),
      responses: {
        200: answer('However the function ended', json(ref('InvokeReply'), replyExample), [
          ...ofInvocations,
          'Idempotency-Replayed',
        ]),
        202: answer('With mode=async: it is kept, to be run later', json(ref('InvocationRecord')), [
          ...ofInvocations,
          ...(['Location', 'Idempotency-Replayed'] as const),
        ]),
        ...problems(
          [
            ...(['BAD_REQUEST', 'INVALID_JSON', 'INVALID_ENVELOPE', 'INVALID_NAME', 'INVALID_QUERY'] as const),
            ...(['FUNCTION_NOT_FOUND', 'VERSION_NOT_FOUND', 'ALIAS_NOT_FOUND', 'EVENT_TOO_LARGE'] as const),
            ...(['UNSUPPORTED_MEDIA_TYPE', 'INSUFFICIENT_STORAGE'] as const),
            ...callErrors,
            ...keyErrors,
          ],
          ofInvocations,
        ),
      },
    },
  },
  '/run': {
    post: {
      operationId: 'run',
      summary: 'Runs a handler or a program once without deploying it',
      tags,
      parameters: [idempotencyKey],
      requestBody: codeBody({
        document: { anyOf: [ref('RunHandlerRequest'), ref('ProgramRequest')] },
        config: { anyOf: [ref('RunHandlerConfig'), ref('ProgramConfig')] },
        optionalParts: { envelope: ref('Envelope') },
        example: { runtime: 'python', code: 'print(6 * 7)' },
      }),
      responses: {
        200: answer(
          'However it ended. Of a program as events, where those are accepted',
          { ...json({ oneOf: [ref('InvokeReply'), ref('ProgramReply')] }), ...events(programEvents) },
          [...ofInvocations, 'Idempotency-Replayed'],
        ),
        ...problems(
          [
            ...documentErrors,
            ...([
              'INVALID_CONFIG',
              'INVALID_ENVELOPE',
              'INVALID_UPLOAD',
              'INVALID_ARTIFACT',
              'INVALID_SECRET',
            ] as const),
            ...(['HANDLER_FILE_NOT_FOUND', 'RUNTIME_NOT_FOUND', 'BUILD_REFUSED', 'NETWORK_NOT_ALLOWED'] as const),
            ...(['ARTIFACT_TOO_LARGE', 'EVENT_TOO_LARGE', 'RUNTIME_BUILD_FAILED', 'INSUFFICIENT_STORAGE'] as const),
            ...callErrors,
            ...keyErrors,
          ],
          ofInvocations,
        ),
      },
    },
  },
  '/functions/{name}/logs': {
    get: {
      operationId: 'followLogs',
      summary: "Tells the logs of a function's calls while they are written",
      tags,
      parameters: [functionName, query('follow', { const: 'true' }, { isRequired: true })],
      responses: {
        200: answer('Events until the function goes or the server stops', events(logEvents)),
        ...problems(['INVALID_NAME', 'INVALID_QUERY', 'FUNCTION_NOT_FOUND', 'TOO_MANY_FOLLOWERS']),
      },
    },
  },
};
