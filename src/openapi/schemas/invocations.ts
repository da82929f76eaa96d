import type { Envelope, InvokeReply } from '../../wire/invoke.ts';
import { outcomes } from '../../wire/outcome.ts';
import { invocationModes, invocationStates, type RecordDocument, type WebhookDocument } from '../../wire/record.ts';
import type { RunningDocument } from '../../wire/running.ts';
import {
  anything,
  anyObject,
  closed,
  closedAs,
  count,
  invocationId,
  nullable,
  oneWordOf,
  positive,
  ref,
  spanMs,
  text,
  time,
  told,
  truth,
  wholeNumber,
  type Schema,
} from '../schema.ts';

/** Invokes, and what is known of invocations. */
export function invocationSchemas(): Readonly<Record<string, Schema>> {
  return {
    Outcome: told('How a function ended: data, never an error', oneWordOf(outcomes)),
    Envelope: closedAs<Envelope>(
      { version: { const: 'v1' } },
      {
        event: told('The first argument of the handler', { default: {} }),
        context: told('Members for its second argument', { type: 'object', default: {} }),
      },
    ),
    InvokeReply: closedAs<InvokeReply>(
      {
        result: told('What the handler returned; null unless the outcome is ok', anything),
        logs: text,
        error: told('Null when the outcome is ok', nullable(text)),
        duration_ms: spanMs,
        invocation: invocation(),
      },
      {},
    ),
    InvocationRecord: record(),
    RunningInvocation: closedAs<RunningDocument>(
      {
        id: invocationId,
        function: text,
        version: positive,
        started_at: time,
        state: told('Waiting for a sandbox, or running in one', oneWordOf(['waiting', 'running'])),
      },
      {},
    ),
    ReplayRequest: closed({}, { reference: told('What gets the event: greet, greet@3 or greet:live', text) }),
  };
}

const measured = { max_memory_bytes: nullable(count), cpu_ms: nullable(spanMs), exit_code: nullable(wholeNumber) };

function invocation(): Schema {
  return closedAs<InvokeReply['invocation']>(
    {
      id: invocationId,
      function: text,
      version: positive,
      outcome: ref('Outcome'),
      cold_start: truth,
      queue_ms: spanMs,
      init_ms: spanMs,
      ...measured,
      logs_truncated: truth,
    },
    {},
  );
}

function record(): Schema {
  return closedAs<RecordDocument>(
    {
      id: invocationId,
      function: text,
      version: positive,
      mode: oneWordOf(invocationModes),
      state: told('The last four are final', oneWordOf(invocationStates)),
      outcome: told('Null until it has ended, and when the platform could not run it', nullable(ref('Outcome'))),
      error_code: told('Why the platform could not run it', nullable(text)),
      error: nullable(text),
      attempt: told('Attempts begun', count),
      max_attempts: positive,
      created_at: time,
      started_at: nullable(time),
      ended_at: nullable(time),
      duration_ms: nullable(spanMs),
      queue_ms: nullable(spanMs),
      init_ms: nullable(spanMs),
      ...measured,
      cold_start: truth,
      logs_truncated: truth,
      replay_of: told('The invocation whose event it ran again', nullable(invocationId)),
      schedule: told('The schedule that made it', nullable(text)),
    },
    {
      webhook: closedAs<WebhookDocument>(
        {
          state: oneWordOf(['pending', 'delivered', 'failed']),
          attempts: count,
          status: nullable(wholeNumber),
          error: nullable(text),
        },
        {},
      ),
      event: told('This and the next three are there where they are kept, and never in a list', anything),
      context: anyObject,
      result: anything,
      logs: text,
    },
  );
}
