import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const memoryTeller = pathToFileURL(join(import.meta.dirname, 'tell-memory.mjs')).href;

/** A server in a process of its own, which says its address as JSON in its first line. */
export interface ServerChild extends AsyncDisposable {
  readonly url: string;
  readonly processId: number;
  /** Bytes that its process holds once garbage is collected; of a watched one only. */
  liveBytes(): Promise<number>;
}

/**
 * @param program Arguments of this Node.
 * @param watched Whether it can be asked what it holds.
 */
export async function spawnChild(program: readonly string[], watched = false): Promise<ServerChild> {
  const child = spawn(process.execPath, watched ? ['--import', memoryTeller, ...program] : program, {
    stdio: ['ignore', 'pipe', 'inherit', watched ? 'ipc' : 'ignore'],
  });
  const ended = once(child, 'exit');
  const { url } = await Promise.race([
    firstLine(child),
    ended.then(() => {
      throw new Error(`${program.join(' ')} ended before it listened`);
    }),
  ]);
  return {
    url,
    processId: child.pid ?? 0,
    liveBytes: async () => {
      const told = once(child, 'message');
      child.send('live');
      const [{ liveBytes }] = (await told) as [{ readonly liveBytes: number }];
      return liveBytes;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<{ readonly url: string }> {
  if (child.stdout !== null) {
    for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as { url: string };
  }
  throw new Error('The server said nothing');
}
