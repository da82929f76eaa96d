import { atLeast, type BenchCase, type Contest, type Effort, type Figures } from '../bench-case.ts';
import { drive } from '../load/drive.ts';
import { callsOfFunctions, deployEchoes, smallEvent } from '../subjects/echo-function.ts';
import { roomForHundredFunctions } from '../subjects/server-flags.ts';
import type { Subjects } from '../subjects/subjects.ts';

const connections = 32;

async function open(subjects: Subjects, { warmUpMs, loadMs }: Effort): Promise<Contest> {
  const server = await subjects.startServer(roomForHundredFunctions);
  const many = Array.from({ length: 100 }, (_, n) => `echo-${n}`);
  const one = 'echo';
  await deployEchoes(server.client, [...many, one]);
  const load = (names: readonly string[]) => ({
    url: server.url,
    connections,
    ...callsOfFunctions(names, smallEvent),
  });
  const driven = (names: readonly string[], durationMs: number): Promise<Figures> =>
    drive({ ...load(names), durationMs });
  // However long their sandboxes take.
  await drive({ ...load(many), count: 50 * many.length });
  await driven([one], warmUpMs);
  return {
    ours: () => driven(many, loadMs),
    theirs: () => driven([one], loadMs),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

export const manyFunctionsCase: BenchCase = {
  id: 'W3',
  what: `warm calls of 100 functions in turn, ${connections} connections, ${roomForHundredFunctions.join(' ')}`,
  against: 'calls of one function of the same server',
  bars: { 'calls a second': atLeast(0.6) },
  rounds: 6,
  open,
};
