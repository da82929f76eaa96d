import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atMost, type BenchCase, type Contest, type Effort, type Figures } from '../bench-case.ts';
import { drive } from '../load/drive.ts';
import { fillStore } from '../subjects/full-store.ts';
import type { Server, Subjects } from '../subjects/subjects.ts';

const functionName = 'in-full-store';
const files = { 'main.mjs': 'export const handler = (event) => event;\n' };

/** A data directory with a full store, which goes when it is disposed of. */
async function fullDirectory(subjects: Subjects): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'sraas-bench-full-'));
  const server = await subjects.startServer(['--data-dir', path]);
  await deploy(server);
  await server[Symbol.asyncDispose]();
  fillStore(join(path, 'sraas.db'), { functionName });
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

async function deploy({ client }: Server): Promise<void> {
  await client.deploy(functionName, { runtime: 'node24', handler: 'main.handler' }, { files });
}

async function openCalls(subjects: Subjects, { loadMs }: Effort): Promise<Contest> {
  const directory = await fullDirectory(subjects);
  const full = await subjects.startServer(['--data-dir', directory.path]);
  const empty = await subjects.startServer();
  await deploy(empty);
  const call = { path: `/functions/${functionName}/invoke`, body: '{"version":"v1","event":{"a":1}}' };
  const check = (reply: string): void => {
    if (!reply.includes('"result":{"a":1}')) throw new Error(`Not the result: ${reply}`);
  };
  const drivenAt = ({ url }: Server, durationMs: number): Promise<Figures> =>
    drive({ url, connections: 1, durationMs, call: () => call, check });
  await drivenAt(full, loadMs / 2);
  await drivenAt(empty, loadMs / 2);
  return {
    ours: () => drivenAt(full, loadMs),
    theirs: () => drivenAt(empty, loadMs),
    [Symbol.asyncDispose]: async () => {
      await full[Symbol.asyncDispose]();
      await empty[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

const pages = {
  'newest page ms': '',
  'page of an outcome ms': '&outcome=timeout',
  'page of a state ms': '&state=succeeded',
  'page of what is not there ms': '&mode=async',
} as const;

async function openLooks(subjects: Subjects): Promise<Contest> {
  const directory = await fullDirectory(subjects);
  const ours = async (): Promise<Figures> => {
    const began = performance.now();
    await using server = await subjects.startServer(['--data-dir', directory.path]);
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
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

const lookFigures = ['functions page ms', ...Object.keys(pages)];

const store = 'in a store with 10,000 functions and 1,000,000 invocations';

export const fullStoreCases: readonly BenchCase[] = [
  {
    id: 'S1',
    what: `warm calls, 1 connection, ${store}`,
    against: 'the same in an empty store',
    bars: { 'p50 ms': atMost(1.2) },
    rounds: 6,
    open: openCalls,
  },
  {
    id: 'S2',
    what: `starting, and looking at pages of 100, ${store}`,
    against: 'limits of 3 s and 50 ms',
    bars: Object.fromEntries(['start ms', ...lookFigures].map((figure) => [figure, atMost(1)])),
    rounds: 6,
    open: openLooks,
  },
];
