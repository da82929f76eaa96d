import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SraasClient } from '../../src/client/sraas-client.ts';
import { findInstallDirectory } from '../../src/installation.ts';
import { engineHost } from './engine-host.ts';

export interface ServerProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly url: string;
  readonly client: SraasClient;
  /** Resolves with how it ended. */
  signal(signal: NodeJS.Signals): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** The built server as a process of its own, for what cannot be done to a server in the test's process. */
export async function spawnServer(
  dataDirectory: string,
  flags: readonly string[] = [],
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const main = join(findInstallDirectory(import.meta.dirname), 'dist', 'src', 'main.js');
  const child = spawn(
    process.execPath,
    [
      main,
      'serve',
      '--json',
      '--port',
      '0',
      '--data-dir',
      dataDirectory,
      '--engine-host',
      engineHost,
      '--prepared-per-kind',
      '0',
      '--log-level',
      'error',
      ...flags,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } },
  );
  const ended = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const url = await Promise.race([
    firstLine(child),
    ended.then(() => {
      throw new Error('The server ended before it listened');
    }),
  ]);
  const send = async (signal: NodeJS.Signals): ReturnType<ServerProcess['signal']> => {
    child.kill(signal);
    const [code, endedBy] = await ended;
    return { code, signal: endedBy };
  };
  return {
    child,
    url,
    client: new SraasClient({ url }),
    signal: send,
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) await send('SIGTERM');
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The server has no output');
  for await (const line of createInterface({ input: child.stdout })) {
    return (JSON.parse(line) as { url: string }).url;
  }
  throw new Error('The server ended before it listened');
}
