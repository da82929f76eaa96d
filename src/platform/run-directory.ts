import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SraasError } from '../errors.ts';

/**
 * A folder of this server's own for the sockets of its sandboxes, closed to other users of the host; or of a worker of it, within
 * the server's, so that it goes with what an earlier run of the server left.
 */
export async function makeRunDirectory(
  configured: string,
  instanceId: string,
  workerNumber: number | undefined,
): Promise<string> {
  const userId = process.getuid?.() ?? 0;
  const base = configured !== '' ? configured : userId === 0 ? '/run/sraas' : join(tmpdir(), `sraas-${userId}`);
  const directory = join(base, instanceId.slice(0, 12), ...workerFolder(workerNumber));
  // 16 hex digits of a sandbox's id and `channel.sock` follow; a socket's path has at most 107 bytes. Source: unix(7).
  if (Buffer.byteLength(directory) > 107 - 31) {
    throw new SraasError(
      'INTERNAL',
      `The run directory ${base} has too long a path for sockets; choose one with --run-dir.`,
    );
  }
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/** The name of a worker's folder in one of the server's; none for the server. */
export function workerFolder(workerNumber: number | undefined): readonly string[] {
  return workerNumber === undefined ? [] : [`w${workerNumber}`];
}
