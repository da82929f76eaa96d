import { access, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { syncPath } from '../../../durable.ts';
import { noBackup } from './backup-layout.ts';

/**
 * Puts a restored database in the place of a directory's own. It takes on the directory's random name, or comes without one
 * where there was none. Durable when it resolves; until the rename the old one is whole. The directory's lock must be held.
 *
 * @throws BackupError when what was restored is no sound database.
 */
export async function putDatabase(restored: string, directory: string): Promise<void> {
  const path = join(directory, 'sraas.db');
  const { instanceId } = await closeOld(path);
  prepare(restored, instanceId);
  await syncPath(restored);
  await rename(restored, path);
  await syncPath(directory);
}

/** Leaves one whole file, without a log: that would be read into the database that takes its place. */
async function closeOld(path: string): Promise<{ readonly instanceId: string | undefined }> {
  let instanceId: string | undefined;
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  let old;
  try {
    if (isThere) {
      old = new DatabaseSync(path);
      const row = old.prepare("select value from meta where key = 'instance_id'").get() as
        { readonly value: string } | undefined;
      instanceId = row?.value;
      old.exec('pragma journal_mode = delete');
    }
  } catch {
    // Damaged, or not ours: that may be why it is replaced.
  } finally {
    old?.close();
  }
  for (const suffix of ['-wal', '-shm', '-journal']) await rm(path + suffix, { force: true });
  return { instanceId };
}

function prepare(restored: string, instanceId: string | undefined): void {
  let database;
  try {
    database = new DatabaseSync(restored);
    const findings = database.prepare('pragma quick_check(1)').get() as { readonly quick_check?: unknown } | undefined;
    if (findings?.quick_check !== 'ok') throw noBackup();
    database.exec("delete from meta where key = 'instance_id'");
    if (instanceId !== undefined) {
      database.prepare("insert into meta (key, value) values ('instance_id', ?)").run(instanceId);
    }
  } catch (error) {
    throw noBackup(error);
  } finally {
    database?.close();
  }
}
