import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SraasError } from '../errors.ts';

/** A folder of this server's own for the sockets of its sandboxes, closed to other users of the host. */
export async function makeRunDirectory(configured: string, instanceId: string): Promise<string> {
  const userId = process.getuid?.() ?? 0;
  const base = configured !== '' ? configured : userId === 0 ? '/run/sraas' : join(tmpdir(), `sraas-${userId}`);
  const directory = join(base, instanceId.slice(0, 12));
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
