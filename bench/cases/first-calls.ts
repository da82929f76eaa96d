import { atMost, type Bar, type BenchCase, type Contest } from '../bench-case.ts';
import { BareContainers } from '../subjects/bare-containers.ts';
import { dockerRun, imagesOf } from '../subjects/docker-run.ts';
import type { Server, Subjects } from '../subjects/subjects.ts';
import { deployNew, type Language, languages, timeOfFirstCall } from './languages.ts';
import { figuresOf, medianTime, timed } from './one-by-one.ts';

/** Between two first calls where nothing is prepared: the last container has gone by then. */
const restMs = 400;
/** Where something is, the next one has been prepared by then. */
const preparingRestMs = 1000;

const figureOf = ({ runtime }: Language): string => `${runtime} p50 ms`;

function bars(bar: Bar): BenchCase['bars'] {
  return Object.fromEntries(languages.map((language) => [figureOf(language), bar]));
}

/** The time from the call of new code to its whole reply. Its deploy before does not count. */
async function firstCall(server: Server, language: Language): Promise<number> {
  const name = await deployNew(server.client, language);
  try {
    return await timeOfFirstCall(server, name);
  } finally {
    await server.client.remove(name);
  }
}

async function openUnprepared(subjects: Subjects): Promise<Contest> {
  const server = await subjects.startServer(['--prepared-per-kind', '0']);
  const bare = new Map<Language, BareContainers>();
  for (const language of languages) {
    const name = await deployNew(server.client, language);
    await timeOfFirstCall(server, name);
    bare.set(language, await BareContainers.like(subjects.docker, name, language.command));
    await server.client.remove(name);
  }
  const samples = 3;
  return {
    ours: () =>
      figuresOf(languages, figureOf, (language) => medianTime(samples, restMs, () => firstCall(server, language))),
    theirs: () =>
      figuresOf(languages, figureOf, (language) =>
        medianTime(samples, restMs, async () => (await bare.get(language)?.runOne()) ?? Number.NaN),
      ),
    [Symbol.asyncDispose]: async () => {
      for (const containers of bare.values()) await containers[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function openPrepared(subjects: Subjects): Promise<Contest> {
  const server = await subjects.server();
  const imageOf = await imagesOf(server);
  // The compilers of the server get warm before the clock runs.
  for (const language of languages) await medianTime(3, preparingRestMs, () => firstCall(server, language));
  const samples = 3;
  return {
    ours: () =>
      figuresOf(languages, figureOf, (language) =>
        medianTime(samples, preparingRestMs, () => firstCall(server, language)),
      ),
    theirs: () =>
      figuresOf(languages, figureOf, ({ runtime, command }) =>
        medianTime(samples, preparingRestMs, () => timed(() => dockerRun(subjects, imageOf(runtime), command))),
      ),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

export const firstCallCases: readonly BenchCase[] = [
  {
    id: 'C1',
    what: 'the first call of new code, nothing prepared',
    against: 'create, start and first output of the same image and flags, by the engine alone',
    bars: bars(atMost(1.15)),
    rounds: 6,
    open: openUnprepared,
  },
  {
    id: 'C2',
    what: 'the first call of new code, in a prepared container',
    against: '`docker run` of the same image',
    bars: bars(atMost(1 / 20)),
    rounds: 4,
    roundsOfGuard: 3,
    open: openPrepared,
  },
];
