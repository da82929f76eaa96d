import type { Outcome } from '../../../src/wire/outcome.ts';
import type { Reply } from '../../../src/invocations/reply.ts';
import { unknownUse } from '../../../src/sandboxes/resource-account.ts';

/** A reply of that outcome, with its result or its error. */
export function replyWith(outcome: Outcome, members: Partial<Reply> = {}): Reply {
  return {
    verdict: {
      outcome,
      result: outcome === 'ok' ? Buffer.from('{"done":true}') : undefined,
      error: outcome === 'ok' ? undefined : `It ended with ${outcome}.`,
      exitCode: undefined,
    },
    logs: '',
    logsTruncated: false,
    durationMs: 1.5,
    invocationId: 'i',
    functionName: 'hello',
    functionVersion: 1,
    coldStart: false,
    queueMs: 0,
    initMs: 0,
    use: unknownUse,
    ...members,
  };
}
