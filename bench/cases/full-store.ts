import { atLeast, atMost, type BenchCase, type Contest, type Effort, type Figures } from '../bench-case.ts';
import { drive } from '../load/drive.ts';
import { callsOfFunctions, deployEchoes, smallEvent } from '../subjects/echo-function.ts';
import { postgresStores, sqliteStores, type Stores } from '../subjects/full-store/stores.ts';
import type { Server, Subjects } from '../subjects/subjects.ts';

const functionName = 'in-full-store';

/** Stores of which the full one is filled. */
async function filled(subjects: Subjects, open: () => Promise<Stores>): Promise<Stores> {
  const stores = await open();
  const server = await subjects.startServer(stores.full);
  await deployEchoes(server.client, [functionName]);
  await server[Symbol.asyncDispose]();
  await stores.fill(functionName);
  return stores;
}

async function openCalls(
  open: () => Promise<Stores>,
  subjects: Subjects,
  { warmUpMs, loadMs }: Effort,
): Promise<Contest> {
  const stores = await filled(subjects, open);
  const full = await subjects.startServer(stores.full);
  const empty = await subjects.startServer(stores.empty);
  await deployEchoes(empty.client, [functionName]);
  const measured = async ({ url }: Server, durationMs: number): Promise<Figures> => {
    const load = { url, durationMs: durationMs / 2, ...callsOfFunctions([functionName], smallEvent) };
    const { 'calls a second': callsASecond } = await drive({ ...load, connections: 32 });
    const { 'p50 ms': p50Ms } = await drive({ ...load, connections: 1 });
    return { 'calls a second': callsASecond, '1 connection p50 ms': p50Ms };
  };
  await measured(full, warmUpMs);
  await measured(empty, warmUpMs);
  return {
    ours: () => measured(full, loadMs),
    theirs: () => measured(empty, loadMs),
    [Symbol.asyncDispose]: async () => {
      await full[Symbol.asyncDispose]();
      await empty[Symbol.asyncDispose]();
      await stores[Symbol.asyncDispose]();
    },
  };
}

const pages = {
  'newest page ms': '',
  'page of an outcome ms': '&outcome=timeout',
  'page of a state ms': '&state=succeeded',
  'page of what is not there ms': '&mode=async',
} as const;

async function openLooks(open: () => Promise<Stores>, subjects: Subjects): Promise<Contest> {
  const stores = await filled(subjects, open);
  const ours = async (): Promise<Figures> => {
    const began = performance.now();
    await using server = await subjects.startServer(stores.full);
    const figures: Record<string, number> = { 'start ms': performance.now() - began };
    const look = async (path: string): Promise<number> => {
      const asked = performance.now();
      const reply = await fetch(server.url + path);
      await reply.text();
      if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
      return performance.now() - asked;
    };
    const route = `/functions/${functionName}/invocations?limit=100`;
    // The first request of a process pays for its compilers.
    await look(route);
    figures['functions page ms'] = await look('/functions?cursor=full-5&limit=100');
    for (const [figure, query] of Object.entries(pages)) figures[figure] = await look(route + query);
    return figures;
  };
  const limits = { 'start ms': 3000, ...Object.fromEntries(lookFigures.map((figure) => [figure, 50])) };
  return {
    ours,
    theirs: () => Promise.resolve(limits),
    [Symbol.asyncDispose]: () => stores[Symbol.asyncDispose](),
  };
}

const lookFigures = ['functions page ms', ...Object.keys(pages)];

const amount = '10,000 functions and 1,000,000 invocations';

function casesOn(store: string, suffix: string, open: () => Promise<Stores>): readonly BenchCase[] {
  return [
    {
      id: `S1${suffix}`,
      what: `warm calls, 32 connections and 1, with ${amount} in ${store}`,
      against: 'the same in an empty store',
      bars: { 'calls a second': atLeast(0.85), '1 connection p50 ms': atMost(1.2) },
      rounds: 6,
      open: (subjects, effort) => openCalls(open, subjects, effort),
    },
    {
      id: `S2${suffix}`,
      what: `starting, and looking at pages of 100, with ${amount} in ${store}`,
      against: 'limits of 3 s and 50 ms',
      bars: Object.fromEntries(['start ms', ...lookFigures].map((figure) => [figure, atMost(1)])),
      rounds: 6,
      open: (subjects) => openLooks(open, subjects),
    },
  ];
}

export const fullStoreCases: readonly BenchCase[] = [
  ...casesOn('SQLite', '', sqliteStores),
  ...casesOn('PostgreSQL', 'P', postgresStores),
];
