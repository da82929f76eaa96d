import { availableParallelism } from 'node:os';
import { atLeast, type BenchCase, type Contest, type Effort, type Figures } from '../bench-case.ts';
import { drive, type Load } from '../load/drive.ts';
import { callsOfFunctions, callsOfRoute, deployEchoes, smallEvent } from '../subjects/echo-function.ts';
import type { Subjects } from '../subjects/subjects.ts';

const name = 'echo-large';
const connections = 32;
/** The most that the server's policy lets a function have by default. */
const cpus = Math.min(4, availableParallelism());

/** A list of small documents that is about as large. */
function eventOf(sizeKb: number): string {
  const count = Math.round((sizeKb * 1024) / (smallEvent.length + 1));
  return `[${Array.from({ length: count }, () => smallEvent).join()}]`;
}

const sizes = [
  { sizeKb: 1, leastRatio: 1.5 },
  { sizeKb: 100, leastRatio: 0.7 },
  { sizeKb: 900, leastRatio: 0.6 },
].map(({ sizeKb, leastRatio }) => ({
  figure: `${sizeKb} KB calls a second`,
  event: eventOf(sizeKb),
  bar: atLeast(leastRatio),
}));

async function open(subjects: Subjects, { warmUpMs, loadMs }: Effort): Promise<Contest> {
  const [echo, { url, client }] = [await subjects.echo(), await subjects.server()];
  await deployEchoes(client, [name], { cpus });
  const measured = async (load: (event: string) => Pick<Load, 'url' | 'calls' | 'check'>, durationMs: number) => {
    const figures: Record<string, number> = {};
    for (const { figure, event } of sizes) {
      const { 'calls a second': callsASecond } = await drive({ connections, durationMs, ...load(event) });
      figures[figure] = callsASecond;
    }
    return figures;
  };
  const ours = (durationMs: number): Promise<Figures> =>
    measured((event) => ({ url, ...callsOfFunctions([name], event) }), durationMs);
  const theirs = (durationMs: number): Promise<Figures> =>
    measured((event) => ({ url: echo.url, ...callsOfRoute(event) }), durationMs);
  await ours(warmUpMs);
  await theirs(warmUpMs);
  return {
    ours: () => ours(loadMs / 2),
    theirs: () => theirs(loadMs / 2),
    [Symbol.asyncDispose]: () => client.remove(name),
  };
}

export const largeEventsCase: BenchCase = {
  id: 'W4',
  what: `larger events echoed, ${connections} connections, limits.cpus ${cpus}`,
  against: 'the same JSON echoed by an Express 5 route',
  bars: Object.fromEntries(sizes.map(({ figure, bar }) => [figure, bar])),
  rounds: 6,
  open,
};
