import type { BuildEvent } from '../wire/build.ts';
import type { RuntimeDefinitionDocument, RuntimeDocument } from '../wire/runtime.ts';
import { bodyWithCode, type Code } from './code.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';
import { followWork } from './follow-work.ts';
import { runtimePath } from './paths.ts';

interface SetRuntimeOptions {
  /** Told of each line of the build. */
  readonly onBuild?: (event: BuildEvent) => void;
  /** Breaks off the waiting; the build goes on. */
  readonly signal?: AbortSignal;
}

/** The part of the client that is about what functions run on. It rejects as the client does. */
export class RuntimesClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async list(): Promise<readonly RuntimeDocument[]> {
    const { document } = await exchange(this.#connection, { method: 'GET', path: '/runtimes' });
    return (document as { readonly runtimes: readonly RuntimeDocument[] }).runtimes;
  }

  async show(name: string): Promise<RuntimeDocument> {
    const { document } = await exchange(this.#connection, { method: 'GET', path: runtimePath(name) });
    return document as RuntimeDocument;
  }

  /**
   * Makes a custom runtime, or another of one that there is, and waits until its image serves.
   * @param context files that the Dockerfile copies from, or that it is among.
   */
  async set(
    name: string,
    definition: RuntimeDefinitionDocument,
    context?: Code,
    { onBuild = () => undefined, signal }: SetRuntimeOptions = {},
  ): Promise<RuntimeDocument> {
    const body = context === undefined ? definition : bodyWithCode(context, definition);
    const request = { method: 'PUT', path: runtimePath(name), body, signal } as const;
    // Also without a listener: a stream keeps the connection alive for as long as a build takes.
    return (await followWork(this.#connection, request, onBuild)) as RuntimeDocument;
  }

  async remove(name: string): Promise<void> {
    await exchange(this.#connection, { method: 'DELETE', path: runtimePath(name) });
  }
}
