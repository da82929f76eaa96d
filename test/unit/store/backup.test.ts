import { appendFile, chmod, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ArtifactHash } from '../../../src/artifacts/artifact-hash.ts';
import { ArtifactStore } from '../../../src/artifacts/artifact-store.ts';
import { defaultArtifactLimits, type UploadedFile } from '../../../src/artifacts/upload.ts';
import { restoreBackup } from '../../../src/store/sqlite/backup/restore-backup.ts';
import { writeBackup } from '../../../src/store/sqlite/backup/write-backup.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { listTree, uploaded } from '../../support/archives/temporary-store.ts';
import { draft } from './drafts.ts';
import { temporaryDirectory } from './temporary-store.ts';

interface Server {
  readonly directory: string;
  readonly store: Store;
  readonly artifacts: ArtifactStore;
  deploy(name: string, files: readonly UploadedFile[]): Promise<ArtifactHash>;
  close(): Promise<void>;
}

/** Database and code of a server, without the rest of it. */
async function openServer(directory?: string): Promise<Server> {
  const dataDirectory = directory ?? (await temporaryDirectory());
  const store = await openSqliteStore({ directory: dataDirectory });
  const artifacts = new ArtifactStore(dataDirectory, defaultArtifactLimits);
  await artifacts.open();
  let closed: Promise<void> | undefined;
  const close = (): Promise<void> => (closed ??= store.close());
  onTestFinished(close);
  return {
    directory: dataDirectory,
    store,
    artifacts,
    close,
    deploy: async (name, files) => {
      const staged = await artifacts.stage(files, { language: 'other' });
      await staged.commit();
      await store.functions.publish({ ...draft(name), artifactHash: staged.hash });
      return staged.hash;
    },
  };
}

const longPath = `${'folder/'.repeat(20)}${'é'.repeat(60)}.mjs`;
const files = (): readonly UploadedFile[] => [
  uploaded('main.mjs', 'export const handler = () => 1;'),
  uploaded('bin/run', '#!/bin/sh', true),
  uploaded('empty'),
  uploaded(longPath, Buffer.alloc(300_000, 7)),
];

const backupOf = async ({ directory }: Server, changes = {}): Promise<string> => {
  const file = join(await temporaryDirectory(), 'backup.tar');
  await writeBackup({ dataDirectory: directory, file, replace: false, withSecretsKey: true, ...changes });
  return file;
};

const restore = (file: string, dataDirectory: string, replace = false) =>
  restoreBackup({ file, dataDirectory, replace });

describe('a backup', () => {
  it('of a running server brings back functions, code and key, byte for byte', async () => {
    const server = await openServer();
    const hash = await server.deploy('hello', files());
    await writeFile(join(server.directory, 'secrets.key'), 'k'.repeat(32), { mode: 0o600 });
    const file = await backupOf(server);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(file, '..'))).toStrictEqual(['backup.tar']);

    const target = await temporaryDirectory();
    const restored = await restore(file, target);
    expect(restored).toMatchObject({ artifacts: 1, hasSecretsKey: true });
    const copy = await openServer(target);
    expect((await copy.store.functions.find('hello'))?.latest.artifactHash).toBe(hash);
    expect(await listTree(copy.artifacts.directoryOf(hash))).toStrictEqual(
      await listTree(server.artifacts.directoryOf(hash)),
    );
    expect(await readFile(join(target, 'secrets.key'), 'utf8')).toBe('k'.repeat(32));
    expect((await stat(join(target, 'secrets.key'))).mode & 0o777).toBe(0o600);
    expect((await readdir(target)).filter((name) => name.includes('restored'))).toStrictEqual([]);
  });

  it('holds one moment, while others write', async () => {
    const server = await openServer();
    for (let number = 0; number < 20; number += 1) await server.deploy(`before-${number}`, files());
    const stop = new AbortController();
    const writing = (async () => {
      let count = 0;
      while (!stop.signal.aborted) {
        await server.deploy(`during-${count}`, [uploaded('main.mjs', String(count))]);
        count += 1;
      }
    })();
    const backups = [];
    try {
      for (let round = 0; round < 3; round += 1) backups.push(await backupOf(server));
    } finally {
      stop.abort();
      await writing;
    }
    for (const file of backups) {
      const target = await temporaryDirectory();
      await restore(file, target);
      const copy = await openServer(target);
      const functions = await copy.store.functions.list({ limit: 1000 });
      expect(functions.length).toBeGreaterThanOrEqual(20);
      for (const { latest } of functions) expect(await copy.artifacts.has(latest.artifactHash)).toBe(true);
      await copy.close();
    }
  });

  it('leaves the key out when told to', async () => {
    const server = await openServer();
    await writeFile(join(server.directory, 'secrets.key'), 'k'.repeat(32));
    const target = await temporaryDirectory();
    const restored = await restore(await backupOf(server, { withSecretsKey: false }), target);
    expect(restored.hasSecretsKey).toBe(false);
    expect(await readdir(target)).not.toContain('secrets.key');
  });

  it('does not replace a file unasked', async () => {
    const server = await openServer();
    const file = await backupOf(server);
    const order = { dataDirectory: server.directory, file, replace: false, withSecretsKey: true };
    await expect(writeBackup(order)).rejects.toThrow(/is there already/);
    await writeBackup({ ...order, replace: true });
  });

  it('is refused of damaged code, of missing code and of a folder without a database', async () => {
    const server = await openServer();
    const hash = await server.deploy('hello', files());
    const path = join(server.artifacts.directoryOf(hash), 'main.mjs');
    await chmod(path, 0o600);
    await appendFile(path, '//');
    const file = join(await temporaryDirectory(), 'backup.tar');
    const order = { dataDirectory: server.directory, file, replace: false, withSecretsKey: true };
    await expect(writeBackup(order)).rejects.toThrow(/is damaged: deploy its functions again/);
    await server.artifacts.collect(new Set(), -1);
    await expect(writeBackup(order)).rejects.toThrow(/is not in the data directory any more/);
    await expect(writeBackup({ ...order, dataDirectory: await temporaryDirectory() })).rejects.toThrow(
      /no database in the data directory/,
    );
    expect(await readdir(join(file, '..'))).toStrictEqual([]);
  });
});

describe('restoring', () => {
  it('refuses a directory that a server uses, and one that is not empty', async () => {
    const server = await openServer();
    await server.deploy('hello', files());
    const file = await backupOf(server);
    await expect(restore(file, server.directory, true)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await server.close();
    await expect(restore(file, server.directory)).rejects.toThrow(/is not empty/);
  });

  it('replaces what is there when told to, under the name that the directory had', async () => {
    const server = await openServer();
    await server.deploy('old', files());
    const file = await backupOf(server);
    const { instanceId } = server.store;
    await server.store.functions.remove('old');
    await server.deploy('new', [uploaded('main.mjs', 'new')]);
    await server.close();
    await restore(file, server.directory, true);
    const back = await openServer(server.directory);
    expect((await back.store.functions.list({ limit: 10 })).map(({ name }) => name)).toStrictEqual(['old']);
    expect(back.store.instanceId).toBe(instanceId);

    const elsewhere = await temporaryDirectory();
    await restore(file, elsewhere);
    expect((await openServer(elsewhere)).store.instanceId).not.toBe(instanceId);
  });

  it('replaces a damaged database, whose log does not reach into the new one', async () => {
    const server = await openServer();
    await server.deploy('hello', files());
    const file = await backupOf(server);
    await server.close();
    const path = join(server.directory, 'sraas.db');
    await writeFile(path, Buffer.alloc(8192, 1));
    await writeFile(`${path}-wal`, Buffer.alloc(4096, 2));
    await restore(file, server.directory, true);
    const back = await openServer(server.directory);
    expect((await back.store.functions.find('hello'))?.name).toBe('hello');
  });

  it.each([
    ['is cut short', (file: string, size: number) => truncate(file, Math.floor(size / 2))],
    ['lost its end', (file: string, size: number) => truncate(file, size - 300_000)],
    ['was changed inside', (file: string, size: number) => overwrite(file, size - 100_000, 'changed')],
    ['has a changed database', (file: string) => overwrite(file, 6000, 'changed')],
    ['is empty', (file: string) => truncate(file, 0)],
    ['is something else', (file: string) => writeFile(file, 'no tar at all '.repeat(1000))],
  ])('refuses a backup that %s, and leaves what was there', async (_name, damage) => {
    const server = await openServer();
    await server.deploy('hello', files());
    const file = await backupOf(server);
    await damage(file, (await stat(file)).size);
    await server.deploy('later', files());
    await server.close();
    await expect(restore(file, server.directory, true)).rejects.toThrow(/no backup that `sraas db backup` has made/);
    const back = await openServer(server.directory);
    expect((await back.store.functions.find('later'))?.name).toBe('later');
    expect((await readdir(server.directory)).filter((name) => name.includes('restored'))).toStrictEqual([]);
  });

  it('refuses one of a newer version, and a file that is not there', async () => {
    const server = await openServer();
    await server.close();
    const database = new DatabaseSync(join(server.directory, 'sraas.db'));
    database.exec('pragma user_version = 999');
    database.close();
    await expect(restore(await backupOf(server), await temporaryDirectory())).rejects.toThrow(/by a newer sraas/);
    await expect(restore('/nowhere/backup.tar', await temporaryDirectory())).rejects.toThrow(
      /cannot be restored: ENOENT/,
    );
  });

  it('brings a database of an older schema, which the server then raises', async () => {
    const directory = await temporaryDirectory();
    const { migrations } = await import('../../../src/store/migrations/all.ts');
    const first = Object.fromEntries(Object.entries(migrations).slice(0, 1));
    await (await openSqliteStore({ directory, migrations: first })).close();
    const file = join(await temporaryDirectory(), 'backup.tar');
    await writeBackup({ dataDirectory: directory, file, replace: false, withSecretsKey: true });
    await rm(directory, { recursive: true });
    await restore(file, directory);
    const back = await openServer(directory);
    expect(await back.store.functions.list({ limit: 1 })).toStrictEqual([]);
  });
});

async function overwrite(file: string, at: number, text: string): Promise<void> {
  const bytes = await readFile(file);
  bytes.write(text, at);
  await writeFile(file, bytes);
}
