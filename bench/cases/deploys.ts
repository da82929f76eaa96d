import { mkdtemp, open as openFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { atMost, type BenchCase, type Contest, type Effort, type Figures } from '../bench-case.ts';
import { Connection } from '../load/connection.ts';
import { requestOf } from '../load/drive.ts';
import { quantile } from '../load/quantile.ts';
import type { Subjects } from '../subjects/subjects.ts';

/** A handler of about a kilobyte, another one each time. */
function sourceOf(n: number): string {
  const lines = Array.from(
    { length: 16 },
    (_, line) => `  // Line ${line} of a handler that is like no other: ${n}.\n`,
  );
  return `export const handler = (event) => {\n${lines.join('')}  return event;\n};\n`;
}

/** One after the other until the time is up. */
async function timesOf(durationMs: number, once: () => Promise<void>): Promise<Figures> {
  const timesMs: number[] = [];
  const end = performance.now() + durationMs;
  while (performance.now() < end) {
    const began = performance.now();
    await once();
    timesMs.push(performance.now() - began);
  }
  timesMs.sort((a, b) => a - b);
  return { 'p50 ms': quantile(timesMs, 0.5), 'p90 ms': quantile(timesMs, 0.9) };
}

interface Floor extends AsyncDisposable {
  /** Brings a file and a row to the disk, with no more than that takes. */
  keep(source: string): Promise<void>;
}

/** On the disk of the server's data, with the settings of the server's database. */
async function openFloor(): Promise<Floor> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-bench-floor-'));
  const database = new DatabaseSync(join(directory, 'floor.db'));
  database.exec('pragma journal_mode = wal; pragma synchronous = full');
  database.exec('create table versions (number integer primary key, source text not null)');
  const insert = database.prepare('insert into versions (source) values (?)');
  let files = 0;
  return {
    keep: async (source) => {
      const file = await openFile(join(directory, `${files++}.mjs`), 'wx');
      try {
        await file.writeFile(source);
        await file.sync();
      } finally {
        await file.close();
      }
      database.exec('begin immediate');
      insert.run(source);
      database.exec('commit');
    },
    [Symbol.asyncDispose]: async () => {
      database.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function open(subjects: Subjects, { warmUpMs, loadMs }: Effort): Promise<Contest> {
  const { url, client } = await subjects.server();
  const floor = await openFloor();
  const name = 'deployed-often';
  let deploys = 0;
  const config = { runtime: 'node24', handler: 'main.handler' };
  await client.deploy(name, config, { files: { 'main.mjs': sourceOf(deploys++) } });
  const connection = await Connection.open(new URL(url));
  const ours = (durationMs: number): Promise<Figures> =>
    timesOf(durationMs, async () => {
      const body = JSON.stringify({ ...config, files: { 'main.mjs': sourceOf(deploys++) } });
      const reply = await connection.call(requestOf(url, { method: 'PUT', path: `/functions/${name}`, body }), true);
      if (reply?.includes('"outcome":"updated"') !== true) throw new Error(`Not the next version: ${reply ?? ''}`);
    });
  const theirs = (durationMs: number): Promise<Figures> => timesOf(durationMs, () => floor.keep(sourceOf(deploys++)));
  await ours(warmUpMs);
  await theirs(warmUpMs);
  return {
    ours: () => ours(loadMs / 2),
    theirs: () => theirs(loadMs / 2),
    [Symbol.asyncDispose]: async () => {
      connection[Symbol.dispose]();
      await client.remove(name);
      await floor[Symbol.asyncDispose]();
    },
  };
}

export const deploysCase: BenchCase = {
  id: 'D1',
  what: 'a deploy of one file, on the disk when it is acknowledged',
  against: 'an fsync of the same bytes and a transaction of SQLite',
  bars: { 'p50 ms': atMost(5) },
  rounds: 6,
  open,
};
