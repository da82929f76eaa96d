import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { type Config, settings } from '../../src/config/config.ts';
import { findInstallDirectory } from '../../src/installation.ts';
import type { Footprint } from './footprint.ts';
import type { InsideAnswer, InsideQuestion } from './watched-inside.ts';

export interface WatchedServerOptions {
  readonly settings: Partial<Config>;
  /** Added to this process's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Told of each line of its log. */
  readonly onLogLine: (line: string) => void;
  /** Told of what must never happen: an error in the log, something that nobody caught, an end that nobody wished. */
  readonly onFault: (fault: string) => void;
}

/** What the server's process holds, and how long its event loop was held up at most since the last time of asking. */
export interface Holdings extends Footprint {
  readonly loopLagMs: number;
}

const installDirectory = findInstallDirectory(import.meta.dirname);
const main = join(installDirectory, 'src', 'main.ts');
const inside = pathToFileURL(join(import.meta.dirname, 'watched-inside.ts')).href;

/**
 * The server of this checkout's sources as users run it, in a process of its own that can be looked into: what is done to the
 * server shows, and the tests' own work does not.
 */
export class WatchedServer {
  readonly url: string;
  /** Value of the label `sraas.instance` of its sandboxes. */
  readonly instanceId: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string, instanceId: string) {
    this.#child = child;
    this.url = url;
    this.instanceId = instanceId;
  }

  static async start(options: WatchedServerOptions): Promise<WatchedServer> {
    const child = fork(main, ['serve', '--json', '--log-level', 'debug', ...flags(options.settings)], {
      cwd: installDirectory,
      execArgv: ['--import', 'tsx', '--import', inside],
      // A session of its own, as a server has that `npm run up` starts: its priority counts beside those of all others.
      detached: true,
      env: { ...process.env, ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.on('message', (answer: InsideAnswer) => {
      if (answer.about === 'stray') options.onFault(`nobody caught ${answer.thrown}`);
    });
    const ended = once(child, 'exit').then(([code, signal]: unknown[]) => {
      throw new Error(`The server ended before it listened: ${String(code ?? signal)}`);
    });
    ended.catch(() => undefined);
    const instanceId = readLog(child, options);
    return new WatchedServer(child, await Promise.race([listens(child), ended]), await instanceId);
  }

  get processId(): number {
    return this.#child.pid ?? 0;
  }

  async holdings(): Promise<Holdings> {
    const { footprint, loopLagMs } = await this.#ask('footprint');
    return { ...footprint, loopLagMs };
  }

  /** Bytes in use after a collection of garbage. */
  async liveBytes(): Promise<number> {
    return (await this.#ask('live bytes')).liveBytes;
  }

  /** Tells it to stop. Resolves with its exit code, or the signal that ended it. */
  async stop(): Promise<number | string> {
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode ?? 'lost';
    const ended = once(this.#child, 'exit') as Promise<[number | null, string | null]>;
    this.#child.kill('SIGTERM');
    const [code, signal] = await ended;
    return code ?? signal ?? 'lost';
  }

  async #ask<const About extends InsideQuestion>(about: About): Promise<Extract<InsideAnswer, { about: About }>> {
    const answered = new Promise<Extract<InsideAnswer, { about: About }>>((resolve, reject) => {
      const onMessage = (answer: InsideAnswer): void => {
        if (answer.about !== about) return;
        settle();
        resolve(answer as Extract<InsideAnswer, { about: About }>);
      };
      const onExit = (): void => {
        settle();
        reject(new Error('The server has ended'));
      };
      const settle = (): void => {
        this.#child.off('message', onMessage).off('exit', onExit);
      };
      this.#child.on('message', onMessage).on('exit', onExit);
    });
    this.#child.send(about);
    return await answered;
  }
}

function flags(given: Partial<Config>): readonly string[] {
  return settings.flatMap(({ name, flag }) => (given[name] === undefined ? [] : [`--${flag}`, String(given[name])]));
}

/** Resolves with the server's id, which it tells when it listens. */
function readLog(child: ChildProcess, { onLogLine, onFault }: WatchedServerOptions): Promise<string> {
  const { stderr } = child;
  if (stderr === null) throw new Error('The server has no log');
  return new Promise((resolve) => {
    createInterface({ input: stderr }).on('line', (line) => {
      onLogLine(line);
      // What is no event of the log is the runtime's own last words.
      const event = line.startsWith('{') ? (JSON.parse(line) as { level: string; instanceId?: string }) : undefined;
      if (event === undefined || event.level === 'error') onFault(`the server said ${line}`);
      if (event?.instanceId !== undefined) resolve(event.instanceId);
    });
  });
}

async function listens(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error('The server has no output');
  for await (const line of createInterface({ input: child.stdout })) return (JSON.parse(line) as { url: string }).url;
  throw new Error('The server closed its output before it listened');
}
