import { count } from '../setting.ts';

/** How many sandboxes there are, how long they live, and how long calls wait for one. */
export const sandboxSettings = [
  count('maxSandboxes', 50, [1, 30_000], 'Most sandboxes of all functions together'),
  count(
    'maxSandboxMemoryMb',
    0,
    [0, 100_000_000],
    "Most memory that all sandboxes' limits may add up to; 0 for three quarters of the machine's",
  ),
  count('maxStarts', 4, [1, 1000], 'Most containers that are being started at a time'),
  count('preparedPerKind', 2, [0, 1000], 'Containers kept started ahead for each runtime and set of limits in use'),
  count('maxPrepared', 6, [0, 10_000], 'Most containers kept started ahead, besides --max-sandboxes'),
  count('sandboxIdleMs', 300_000, [100, 86_400_000], 'Time an idle sandbox is kept'),
  count(
    'pauseAfterMs',
    30_000,
    [10, 86_400_000],
    'Time after which an idle sandbox is paused: no processor time until its next call',
  ),
  count(
    'sandboxWeight',
    8,
    [0, 100],
    "Processor share of all sandboxes together, in processes that want it too; 0 for the engine's own group",
  ),
  count('initTimeoutMs', 10_000, [100, 600_000], "Time limit for loading a handler's module"),
  count('startTimeoutMs', 30_000, [1000, 600_000], 'Time limit for a container to start'),
  count('queueLength', 100, [0, 100_000], 'Most calls that wait for a sandbox of one version'),
  count('totalQueueLength', 500, [0, 1_000_000], 'Most calls that wait for a sandbox of any function'),
  count('queueTimeoutMs', 30_000, [1, 600_000], 'Longest time a call waits for a sandbox'),
  count('firstUid', 20_000, [1000, 2_000_000_000], 'First user id for sandboxes'),
  count('lastUid', 59_999, [1000, 2_000_000_000], 'Last user id for sandboxes'),
] as const;
