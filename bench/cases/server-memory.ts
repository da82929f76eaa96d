import { readFile } from 'node:fs/promises';
import { atMost, type BenchCase, type Contest, type Figures } from '../bench-case.ts';
import { drive } from '../load/drive.ts';
import { callsOfFunctions, deployEchoes, smallEvent } from '../subjects/echo-function.ts';
import { roomForHundredFunctions } from '../subjects/server-flags.ts';
import type { Subjects } from '../subjects/subjects.ts';

const sandboxes = 100;
const invokes = 200_000;
/** Until the compilers and V8's young generation have what they want. */
const invokesBefore = 20_000;

const limits = { 'grown MB, resident': 20, 'grown MB, live': 20, 'MB, resident': 200 } as const;

async function residentMb(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
}

async function open(subjects: Subjects): Promise<Contest> {
  const server = await subjects.startServer(roomForHundredFunctions, true);
  const names = Array.from({ length: sandboxes }, (_, n) => `echo-${n}`);
  await deployEchoes(server.client, names);
  const called = (count: number) =>
    drive({ url: server.url, connections: 32, count, ...callsOfFunctions(names, smallEvent) });
  const memory = async () => ({
    residentMb: await residentMb(server.processId),
    liveMb: (await server.liveBytes()) / 1e6,
  });
  await called(invokesBefore);
  return {
    ours: async (): Promise<Figures> => {
      const before = await memory();
      await called(invokes);
      const after = await memory();
      return {
        'grown MB, resident': after.residentMb - before.residentMb,
        'grown MB, live': after.liveMb - before.liveMb,
        'MB, resident': after.residentMb,
      };
    },
    theirs: () => Promise.resolve(limits),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export const serverMemoryCase: BenchCase = {
  id: 'M1',
  what: `the server's memory after ${invokes.toLocaleString('en')} invokes, ${sandboxes} warm sandboxes`,
  against: 'limits: 20 MB more than before, and 200 MB',
  bars: Object.fromEntries(Object.keys(limits).map((figure) => [figure, atMost(1)])),
  rounds: 1,
  open,
};
