import { findInstallDirectory } from '../../../src/installation.ts';
import type { World } from '../../../src/cli/world.ts';

export interface RecordedWorld {
  readonly world: World;
  stdout(): string;
  stdoutBytes(): Buffer;
  stderr(): string;
  /** Does what SIGTERM does. */
  sendStopSignal(): void;
  /** Exit codes that the process was to end with at once. */
  readonly exits: readonly number[];
  readonly stopListeners: ReadonlySet<unknown>;
}

/** What a command line finds around it. */
export interface Stand {
  readonly terminal?: boolean;
  readonly stdin?: string;
  /** What is typed when a hidden question is asked; undefined leaves it. */
  readonly typed?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly fetch?: World['fetch'];
}

/** A world for one command line, which records what the command prints. No network unless a fetch is given. */
export function recordWorld(stand: Stand = {}): RecordedWorld {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const exits: number[] = [];
  const stopListeners = new Set<(exitCode: number) => void>();
  const terminal = stand.terminal ?? false;
  return {
    stdout: () => Buffer.concat(out).toString(),
    stdoutBytes: () => Buffer.concat(out),
    stderr: () => Buffer.concat(err).toString(),
    sendStopSignal() {
      for (const listener of stopListeners) listener(143);
    },
    exits,
    stopListeners,
    world: {
      stdout: { write: (text) => out.push(Buffer.from(text)) },
      stderr: { write: (text) => err.push(Buffer.from(text)) },
      stdin: bytesOf(stand.stdin ?? ''),
      isTerminal: { stdin: terminal, stdout: terminal, stderr: terminal },
      environment: stand.environment ?? {},
      workingDirectory: stand.workingDirectory ?? '/',
      installDirectory: findInstallDirectory(import.meta.dirname),
      nodeVersion: '20.19.0',
      userId: 1000,
      askHidden(question) {
        err.push(Buffer.from(question));
        return Promise.resolve(stand.typed);
      },
      fetch: stand.fetch ?? (() => Promise.reject(new Error('this test has no network'))),
      onStopSignal(listener) {
        stopListeners.add(listener);
        return () => stopListeners.delete(listener);
      },
      exitNow: (exitCode) => exits.push(exitCode),
    },
  };
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  yield Buffer.from(text);
}
