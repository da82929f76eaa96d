import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A server in a process of its own, which says its address as JSON in its first line. */
export interface ServerChild extends AsyncDisposable {
  readonly url: string;
  readonly processId: number;
}

/** @param program Arguments of this Node. */
export async function spawnChild(program: readonly string[]): Promise<ServerChild> {
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'pipe', 'inherit'] });
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
