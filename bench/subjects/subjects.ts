import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { SraasClient } from '../../src/client/sraas-client.ts';
import { spawnChild, type ServerChild } from './child.ts';

const project = join(import.meta.dirname, '..', '..');

export interface Server extends ServerChild {
  readonly client: SraasClient;
}

/** What is measured and what it is compared with, made when a case first asks for it. */
export class Subjects implements AsyncDisposable {
  readonly engineHost: string;
  readonly docker: Docker;
  readonly #own: AsyncDisposable[] = [];
  #echo: Promise<ServerChild> | undefined;
  #server: Promise<Server> | undefined;

  constructor(engineHost: string) {
    this.engineHost = engineHost;
    this.docker = new Docker({ socketPath: engineHost.replace(/^unix:\/\//, '') });
  }

  /** The plain Express route. */
  echo(): Promise<ServerChild> {
    this.#echo ??= this.#keep(spawnChild([join(import.meta.dirname, 'express-echo.mjs')]));
    return this.#echo;
  }

  /** The server with its default settings. */
  server(): Promise<Server> {
    this.#server ??= this.#keep(this.startServer());
    return this.#server;
  }

  /**
   * A server of the caller's own, with other settings.
   * @param watched Whether it can be asked what it holds.
   */
  async startServer(flags: readonly string[] = [], watched = false): Promise<Server> {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-bench-'));
    // The other side has no priority either.
    const usual = [
      '--json',
      '--nice',
      '0',
      '--port',
      '0',
      '--data-dir',
      dataDirectory,
      '--engine-host',
      this.engineHost,
    ];
    const program = [join(project, 'dist', 'src', 'main.js'), 'serve', ...usual, '--log-level', 'warn', ...flags];
    const child = await spawnChild(program, watched);
    return {
      ...child,
      client: new SraasClient({ url: child.url }),
      [Symbol.asyncDispose]: async () => {
        await child[Symbol.asyncDispose]();
        await rm(dataDirectory, { recursive: true, force: true });
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const subject of this.#own.reverse()) await subject[Symbol.asyncDispose]();
  }

  async #keep<T extends AsyncDisposable>(made: Promise<T>): Promise<T> {
    const subject = await made;
    this.#own.push(subject);
    return subject;
  }
}
