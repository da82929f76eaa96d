import { atLeast, atMost, type BenchCase, type Contest, type Effort } from '../bench-case.ts';
import { drive } from '../load/drive.ts';
import type { Subjects } from '../subjects/subjects.ts';

/** A handler that does as much as the route that it is compared with: it gives back what it was sent. */
const echoFiles = { 'main.mjs': 'export const handler = (event) => event;\n' };

const event = { name: 'Ada', numbers: [1, 2, 3], nested: { deep: true } };

interface WarmLoad {
  readonly connections: number;
  readonly functions?: number;
}

async function contest(
  subjects: Subjects,
  { loadMs }: Effort,
  { connections, functions = 1 }: WarmLoad,
): Promise<Contest> {
  const [echo, server] = [await subjects.echo(), await subjects.server()];
  const names = Array.from({ length: functions }, (_, n) => `echo-${n}`);
  for (const name of names) {
    await server.client.deploy(name, { runtime: 'node24', handler: 'main.handler' }, { files: echoFiles });
  }
  const document = JSON.stringify(event);
  const envelope = `{"version":"v1","event":${document}}`;
  const ours = (durationMs: number) =>
    drive({
      url: server.url,
      connections,
      durationMs,
      calls: names.map((name) => ({ path: `/functions/${name}/invoke`, body: envelope })),
      check: (reply) => {
        if (!reply.includes(`"result":${document}`)) throw new Error(`Not the result: ${reply}`);
      },
    });
  const theirs = (durationMs: number) =>
    drive({
      url: echo.url,
      connections,
      durationMs,
      calls: [{ path: '/echo', body: document }],
      check: (reply, body) => {
        if (reply !== body) throw new Error(`Not the echo: ${reply}`);
      },
    });
  // The compilers of both sides, and our sandboxes, get warm before the clock runs.
  await ours(loadMs / 2);
  await theirs(loadMs / 2);
  return {
    ours: () => ours(loadMs),
    theirs: () => theirs(loadMs),
    [Symbol.asyncDispose]: async () => {
      for (const name of names) await server.client.remove(name);
    },
  };
}

const against = 'the same JSON echoed by an Express 5 route';

export const warmCases: readonly BenchCase[] = [
  {
    id: 'W1',
    what: 'warm calls, 32 connections',
    against,
    bars: { 'calls a second': atLeast(2) },
    rounds: 6,
    guards: true,
    open: (subjects, effort) => contest(subjects, effort, { connections: 32 }),
  },
  {
    id: 'W2',
    what: 'warm calls, 1 connection',
    against,
    bars: { 'p50 ms': atMost(1.2), 'p99 ms': atMost(2) },
    rounds: 6,
    guards: true,
    open: (subjects, effort) => contest(subjects, effort, { connections: 1 }),
  },
];
