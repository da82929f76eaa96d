import { setTimeout as delay } from 'node:timers/promises';
import { atLeast, atMost, type BenchCase, type Contest, type Effort, type Figures } from '../bench-case.ts';
import { drive } from '../load/drive.ts';
import { BareContainers } from '../subjects/bare-containers.ts';
import { dockerRun, imagesOf } from '../subjects/docker-run.ts';
import type { Subjects } from '../subjects/subjects.ts';
import { deployNew, type Language, languages, timeOfFirstCall } from './languages.ts';
import { figuresOf, medianTime, timed } from './one-by-one.ts';

const figureOf = ({ runtime }: Language): string => `${runtime} p50 ms`;

async function openOneASecond(subjects: Subjects): Promise<Contest> {
  const server = await subjects.server();
  const imageOf = await imagesOf(server);
  const names = new Map<Language, string>();
  for (const language of languages) names.set(language, await deployNew(server.client, language, 'fresh'));
  const aSecond = (timeOf: (language: Language) => Promise<number>) => (): Promise<Figures> =>
    figuresOf(languages, figureOf, (language) => medianTime(4, 1000, () => timeOf(language)));
  const ours = aSecond((language) => timeOfFirstCall(server, names.get(language) ?? ''));
  // The compilers of the server get warm before the clock runs.
  await ours();
  return {
    ours,
    theirs: aSecond(({ runtime, command }) => timed(() => dockerRun(subjects, imageOf(runtime), command))),
    [Symbol.asyncDispose]: async () => {
      for (const name of names.values()) await server.client.remove(name);
    },
  };
}

/** By the sandbox of a server that prepares none: what was prepared does not bear the name of its function. */
async function likeSandboxes(subjects: Subjects, language: Language): Promise<BareContainers> {
  await using server = await subjects.startServer(['--prepared-per-kind', '0']);
  const name = await deployNew(server.client, language);
  await timeOfFirstCall(server, name);
  return await BareContainers.like(subjects.docker, name, language.command);
}

/** How many at a time are tried for the bare loop; the best of them is what we are compared with. */
const widths = [1, 2, 4, 8];
const ourWidth = 8;

async function openSustained(subjects: Subjects, { loadMs }: Effort): Promise<Contest> {
  const server = await subjects.server();
  const [language] = languages;
  if (language === undefined) throw new Error('There is no language');
  const { client } = server;
  const bare = await likeSandboxes(subjects, language);
  let best = { width: 0, rate: 0 };
  for (const width of widths) {
    const rate = await bare.runLoop(width, loadMs);
    if (rate > best.rate) best = { width, rate };
  }
  const name = await deployNew(client, language, 'fresh');
  const call = { path: `/functions/${name}/invoke`, body: '{"version":"v1"}' };
  const check = (reply: string): void => {
    if (!reply.includes('"result":1,')) throw new Error(`Not the result: ${reply}`);
  };
  const driven = (durationMs: number) =>
    drive({ url: server.url, connections: ourWidth, durationMs, calls: [call], check });
  return {
    ours: async () => {
      // What had been prepared before is used up by then.
      await driven(1000);
      const figures = await driven(loadMs);
      // Others are prepared for the next calls: not in the other side's time.
      await delay(2000);
      return { 'calls a second': figures['calls a second'], 'at a time': ourWidth };
    },
    theirs: async () => ({ 'calls a second': await bare.runLoop(best.width, loadMs), 'at a time': best.width }),
    [Symbol.asyncDispose]: async () => {
      await client.remove(name);
      await bare[Symbol.asyncDispose]();
    },
  };
}

export const freshCallCases: readonly BenchCase[] = [
  {
    id: 'F1',
    what: 'a call with `isolation: fresh`, one a second',
    against: '`docker run` of the same image',
    bars: Object.fromEntries(languages.map((language) => [figureOf(language), atMost(1 / 20)])),
    rounds: 3,
    open: openOneASecond,
  },
  {
    id: 'F2',
    what: 'calls with `isolation: fresh`, as many as can be',
    against: 'a bare loop of create, start, first output and removal of the same image and flags, at its best width',
    bars: { 'calls a second': atLeast(0.9) },
    rounds: 4,
    open: openSustained,
  },
];
