import type { BuildDocument, BuildEvent, BuildLogDocument } from '../wire/build.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';
import { followWork } from './follow-work.ts';
import { runtimePath } from './paths.ts';

/** The part of the client that is about the last build of each custom runtime. It rejects as the client does. */
export class BuildsClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** With what is kept of its log. */
  async show(runtime: string): Promise<BuildLogDocument> {
    const { document } = await exchange(this.#connection, { method: 'GET', path: buildPath(runtime) });
    return document as BuildLogDocument;
  }

  /** Tells of the lines of a build, from the first one on, until it has ended. */
  async follow(
    runtime: string,
    onBuild: (event: BuildEvent) => void,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<BuildDocument> {
    const request = { method: 'GET', path: `${buildPath(runtime)}?follow=true`, signal } as const;
    return (await followWork(this.#connection, request, onBuild)) as BuildDocument;
  }

  /** Ends a build that is under way. When this resolves nothing is left of it. */
  async cancel(runtime: string): Promise<void> {
    await exchange(this.#connection, { method: 'DELETE', path: buildPath(runtime) });
  }
}

function buildPath(runtime: string): string {
  return `${runtimePath(runtime)}/build`;
}
