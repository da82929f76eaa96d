import { confidential, count, text, toggle } from '../setting.ts';

/** What is kept, where, and for how long; and the work that goes on when nobody waits for it. */
export const stateSettings = [
  confidential(
    'databaseUrl',
    '',
    'PostgreSQL to keep state in, as a postgres:// address; empty for a file in the data directory',
  ),
  text('secretsKeyFile', '', 'File with the key that secrets are encrypted with; empty for one in the data directory'),
  count('asyncConcurrency', 8, [0, 1000], 'Most async invocations that run at a time; 0 runs none here'),
  count('maxQueuedAsync', 100_000, [1, 10_000_000], 'Most async invocations that wait'),
  toggle('webhooksToPrivate', false, 'WEAKENS: webhooks may call addresses that are not public'),
  count('historyMaxAgeMs', 604_800_000, [0, 31_536_000_000], 'Time that ended invocations are kept'),
  count('historyMaxRows', 1_000_000, [0, 100_000_000], 'Most ended invocations that are kept'),
  count('historyLogBytes', 16_384, [0, 10_000_000], 'Most log bytes of an invocation that are kept'),
  count('idempotencyTtlMs', 86_400_000, [1000, 2_592_000_000], 'Time that the answer to an idempotency key is kept'),
  count(
    'lowDiskMb',
    256,
    [0, 10_000_000],
    'Free space below which deploys are refused; below half of it async work too',
  ),
] as const;
