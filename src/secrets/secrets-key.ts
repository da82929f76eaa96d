import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncPath } from '../durable.ts';
import { isErrno } from '../errno.ts';
import { SraasError } from '../errors.ts';
import { failpoint } from '../failpoints.ts';

const keyBytes = 32;

/** The key that secrets are sealed with. */
export interface SecretsKey {
  readonly bytes: Uint8Array;
  /** Tells keys apart and says nothing about them: a key is random, so that no guess can be tried on its hash. */
  readonly id: string;
}

/**
 * Reads a key from a file of 32 bytes, or of 64 hexadecimal digits.
 * @returns undefined where there is no such file.
 * @throws SraasError STORE_UNAVAILABLE for a file of another form, and one that cannot be read.
 */
export async function readKey(path: string): Promise<SecretsKey | undefined> {
  let content: Buffer;
  try {
    content = await readFile(path);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw new SraasError('STORE_UNAVAILABLE', `The key of the secrets, ${path}, cannot be read by this user.`, {
      cause: error,
    });
  }
  if (content.length === keyBytes) return keyOf(content);
  const text = content.toString('latin1').trim();
  if (/^[0-9a-f]{64}$/i.test(text)) return keyOf(Buffer.from(text, 'hex'));
  throw new SraasError(
    'STORE_UNAVAILABLE',
    `The file ${path} is no key: it must hold 32 random bytes, or 64 hexadecimal digits. Nothing was changed.`,
  );
}

/** Whether other users of this machine can read the key. */
export async function isExposed(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o077) !== 0;
}

/**
 * Makes a random key and its file, which only this user can read. The file is whole and durable when this resolves, is never
 * seen half written, and never takes the place of another.
 */
export async function makeKey(path: string): Promise<SecretsKey> {
  const unfinished = unfinishedAt(path);
  await removeUnfinished(path);
  const key = keyOf(randomBytes(keyBytes));
  try {
    await writeFile(unfinished, key.bytes, { flag: 'wx', mode: 0o600, flush: true });
    failpoint('secret.key_written');
    // Unlike a rename this fails where the name is taken already.
    await link(unfinished, path);
    failpoint('secret.key_made');
    await rm(unfinished);
    await syncPath(dirname(path));
  } catch (error) {
    throw new SraasError('STORE_UNAVAILABLE', `The key of the secrets could not be written to ${path}.`, {
      cause: error,
    });
  }
  return key;
}

/** Removes what a crash left of a key's making: one that nothing was sealed with, or a second name of the key itself. */
export async function removeUnfinished(path: string): Promise<void> {
  await rm(unfinishedAt(path), { force: true });
}

function unfinishedAt(path: string): string {
  return `${path}.new`;
}

function keyOf(bytes: Uint8Array): SecretsKey {
  const id = createHash('sha256').update('sraas secrets key').update(bytes).digest('hex').slice(0, 32);
  return { bytes, id };
}
