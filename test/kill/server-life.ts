import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findInstallDirectory } from '../../src/installation.ts';
import { engineHost } from '../support/server.ts';

export interface ServerLifeOptions {
  readonly flags: readonly string[];
  /** `name` or `name:count` of a failpoint. */
  readonly failAt?: string | undefined;
  /** Told of each line of its log that is an error. */
  readonly onError: (line: string) => void;
}

export interface Listening {
  readonly url: string;
  /** Value of the label `sraas.instance` of its sandboxes. */
  readonly instanceId: string;
}

const main = join(findInstallDirectory(import.meta.dirname), 'dist', 'src', 'main.js');

/** One life of the built server, from its start to the signal that ends it. */
export class ServerLife {
  /** Undefined when it ended before it listened. */
  readonly listening: Promise<Listening | undefined>;
  /** The signal that ended it, or its exit code. */
  readonly ended: Promise<NodeJS.Signals | number>;
  readonly #child: ChildProcess;

  constructor({ flags, failAt, onError }: ServerLifeOptions) {
    const common = ['--json', '--port', '0', '--engine-host', engineHost, '--drain-timeout-ms', '2000'];
    const prepared = ['--prepared-per-kind', '1', '--max-prepared', '2'];
    this.#child = spawn(process.execPath, [main, 'serve', ...common, ...prepared, '--webhooks-to-private', ...flags], {
      env: { ...process.env, ...(failAt === undefined ? {} : { SRAAS_FAIL_AT: failAt }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = once(this.#child, 'close').then(([code, signal]: unknown[]) => {
      return (signal ?? code) as NodeJS.Signals | number;
    });
    // A campaign that fails leaves no server behind.
    const endWithUs = (): void => {
      this.#child.kill('SIGKILL');
    };
    process.once('exit', endWithUs);
    void this.ended.then(() => process.off('exit', endWithUs));
    const url = new Promise<string>((resolve) => {
      onLines(this.#child.stdout, (line) => {
        resolve((JSON.parse(line) as { url: string }).url);
      });
    });
    const instanceId = new Promise<string>((resolve) => {
      onLines(this.#child.stderr, (line) => {
        const event = line.startsWith('{') ? (JSON.parse(line) as { level?: string; instanceId?: string }) : undefined;
        // Without a level it is what a server says that could not start.
        if (event?.level === undefined || event.level === 'error') onError(line);
        if (event?.instanceId !== undefined) resolve(event.instanceId);
      });
    });
    const told = Promise.all([url, instanceId]).then(([whereIsIt, whoIsIt]) => ({
      url: whereIsIt,
      instanceId: whoIsIt,
    }));
    this.listening = Promise.race([told, this.ended.then(() => undefined)]);
  }

  /** Resolves with how it ended. */
  end(signal: NodeJS.Signals): Promise<NodeJS.Signals | number> {
    this.#child.kill(signal);
    return this.ended;
  }
}

function onLines(stream: NodeJS.ReadableStream | null, listener: (line: string) => void): void {
  if (stream === null) throw new Error('The server has no output');
  createInterface({ input: stream }).on('line', listener);
}
