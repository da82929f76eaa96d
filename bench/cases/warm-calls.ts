import { atLeast, atMost, type BenchCase, type Contest, type Effort } from '../bench-case.ts';
import { drive } from '../load/drive.ts';
import { callsOfFunctions, callsOfRoute, deployEchoes, smallEvent } from '../subjects/echo-function.ts';
import type { Subjects } from '../subjects/subjects.ts';

async function open(subjects: Subjects, { warmUpMs, loadMs }: Effort, connections: number): Promise<Contest> {
  const [echo, { url, client }] = [await subjects.echo(), await subjects.server()];
  const name = 'echo';
  await deployEchoes(client, [name]);
  const ours = (durationMs: number) => drive({ url, connections, durationMs, ...callsOfFunctions([name], smallEvent) });
  const theirs = (durationMs: number) => drive({ url: echo.url, connections, durationMs, ...callsOfRoute(smallEvent) });
  // The compilers of both sides, and our sandboxes, get warm before the clock runs.
  await ours(warmUpMs);
  await theirs(warmUpMs);
  return {
    ours: () => ours(loadMs),
    theirs: () => theirs(loadMs),
    [Symbol.asyncDispose]: () => client.remove(name),
  };
}

const against = 'the same JSON echoed by an Express 5 route';

export const warmCases: readonly BenchCase[] = [
  {
    id: 'W1',
    what: 'warm calls, 32 connections',
    against,
    bars: { 'calls a second': atLeast(2) },
    reached: { 'calls a second': 1.2 },
    rounds: 6,
    roundsOfGuard: 9,
    open: (subjects, effort) => open(subjects, effort, 32),
  },
  {
    id: 'W2',
    what: 'warm calls, 1 connection',
    against,
    bars: { 'p50 ms': atMost(1.2), 'p99 ms': atMost(2) },
    reached: { 'p50 ms': 1.4 },
    rounds: 6,
    roundsOfGuard: 9,
    open: (subjects, effort) => open(subjects, effort, 1),
  },
];
