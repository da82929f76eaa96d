import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../../src/store/migrations/all.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { draft } from './drafts.ts';
import { openUntilFinished, temporaryDirectory } from './temporary-store.ts';

/** A directory with a store of a few functions that was closed in order. */
async function usedDirectory(): Promise<{ readonly directory: string; readonly file: string }> {
  const directory = await temporaryDirectory();
  const store = await openSqliteStore({ directory });
  for (let number = 0; number < 200; number += 1) await store.functions.publish(draft(`hello-${number}`));
  await store.close();
  return { directory, file: join(directory, 'sraas.db') };
}

async function expectRefused(directory: string, sentence: RegExp): Promise<void> {
  await expect(openSqliteStore({ directory })).rejects.toMatchObject({
    code: 'STORE_UNAVAILABLE',
    message: expect.stringMatching(sentence) as string,
  });
}

describe('opening', () => {
  it('makes the directory and the database for this user only', async () => {
    const directory = join(await temporaryDirectory(), 'a', 'b');
    const store = await openUntilFinished({ directory });
    await store.functions.publish(draft('hello'));
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    for (const name of ['sraas.db', 'sraas.db-wal']) expect((await stat(join(directory, name))).mode & 0o077).toBe(0);
  });

  it('finds again what was there, under the same instance id', async () => {
    const { directory } = await usedDirectory();
    const first = await openSqliteStore({ directory });
    const { instanceId } = first;
    await first.close();
    const second = await openUntilFinished({ directory });
    expect(second.instanceId).toBe(instanceId);
    expect(await second.functions.find('hello-199')).toBeDefined();
  });

  it('gives every installation an id of its own', async () => {
    const stores = await Promise.all(
      [1, 2].map(async () => openUntilFinished({ directory: await temporaryDirectory() })),
    );
    expect(new Set(stores.map((store) => store.instanceId)).size).toBe(2);
  });

  it('leaves no log behind when it is closed', async () => {
    const { directory } = await usedDirectory();
    expect((await readdir(directory)).sort()).toEqual(['lock', 'reserve', 'sraas.db', 'sraas.db.closed']);
  });

  it('makes every acknowledgement wait for the disk', async () => {
    const directory = await temporaryDirectory();
    await openUntilFinished({ directory });
    const looker = new DatabaseSync(join(directory, 'sraas.db'), { readOnly: true });
    expect(looker.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(looker.prepare('pragma application_id').get()).toEqual({ application_id: 0x53526153 });
    expect(looker.prepare('pragma user_version').get()).toEqual({ user_version: Object.keys(migrations).length });
    looker.close();
  });

  it('starts over after a start that was cut off while it made the database', async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, 'sraas.db.new'), 'half');
    await openUntilFinished({ directory });
    expect(await readdir(directory)).not.toContain('sraas.db.new');
  });
});

describe('a directory that is in use', () => {
  it('is refused to a second store, also in one process, and free after the first is closed', async () => {
    const directory = await temporaryDirectory();
    const first = await openSqliteStore({ directory });
    await expectRefused(directory, /^Another server uses the data directory /);
    await first.functions.publish(draft('hello'));
    await first.close();
    const second = await openUntilFinished({ directory });
    expect(await second.functions.find('hello')).toBeDefined();
  });

  it('is free again when opening failed', async () => {
    const { directory, file } = await usedDirectory();
    const content = await readFile(file);
    await writeFile(file, 'nonsense');
    await expectRefused(directory, /not a database/);
    await writeFile(file, content);
    expect((await openUntilFinished({ directory })).instanceId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('a file that is not a sound database of ours', () => {
  it.each([
    ['text', Buffer.from('hello, this is not a database\n'.repeat(300)), /is not a database: give this server another/],
    ['a few bytes', Buffer.from('SQLite'), /is not a database: give this server another/],
    ['random bytes', randomBytes(8192), /is not a database: give this server another/],
    ['nothing', Buffer.alloc(0), /is damaged: restore it from a backup, or move it away/],
  ])('is refused when it holds %s, and left as it is', async (_content, content, sentence) => {
    const directory = await temporaryDirectory();
    const file = join(directory, 'sraas.db');
    await writeFile(file, content);
    await expectRefused(directory, sentence);
    expect(await readFile(file)).toEqual(content);
  });

  it("is refused when it is another program's, and left as it is", async () => {
    const directory = await temporaryDirectory();
    const file = join(directory, 'sraas.db');
    const other = new DatabaseSync(file);
    other.exec('create table functions (id text); pragma application_id = 7; pragma user_version = 1');
    other.close();
    const content = await readFile(file);
    await expectRefused(directory, /is another program's database: give this server another data directory/);
    expect(await readFile(file)).toEqual(content);
    expect((await readdir(directory)).sort()).toEqual(['lock', 'sraas.db']);
  });

  it('is refused when a newer version wrote it, with both schema numbers', async () => {
    const { directory, file } = await usedDirectory();
    const newer = new DatabaseSync(file);
    newer.exec('pragma user_version = 99');
    newer.close();
    await expectRefused(
      directory,
      /was written by a newer sraas \(schema 99, this one knows \d+\): start that version/,
    );
  });

  it('is refused when pages of it are damaged', async () => {
    const { directory, file } = await usedDirectory();
    const content = await readFile(file);
    content.fill(0xab, 3 * 4096, 12 * 4096);
    await writeFile(file, content);
    await expectRefused(directory, /is damaged: restore it from a backup, or move it away/);
    expect((await readFile(file)).equals(content)).toBe(true);
  });

  it('is refused when its end is cut off', async () => {
    const { directory, file } = await usedDirectory();
    await truncate(file, 5 * 4096);
    await expectRefused(directory, /is damaged: restore it from a backup, or move it away/);
  });

  it('is refused when only its log is left', async () => {
    const { directory, file } = await usedDirectory();
    await rm(file);
    await writeFile(`${file}-wal`, 'rest');
    await expectRefused(directory, /is gone, though its log .* is there: restore both from a backup/);
  });

  it('is refused when it is a directory', async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, 'sraas.db'));
    await expectRefused(directory, /cannot be used: check that it is a directory that this user may read and write/);
  });

  it('is refused when the data directory is a file', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await writeFile(file, '');
    await expectRefused(file, /^The data directory .*file cannot be used/);
    await expectRefused(join(file, 'below'), /^The data directory .*below cannot be used/);
  });
});
