import type { Connection, Fetch } from './connection.ts';
import { exchange, type ApiReply, type ApiRequest } from './exchange.ts';
import { followLogs } from './follow-logs.ts';
import { followWork } from './follow-work.ts';
import { pages } from './pages.ts';
import { headersOf, VersionsClient, type Tagged } from './versions-client.ts';
import { untilEnded } from './until-ended.ts';
import type {
  BuildDocument,
  BuildEvent,
  BuildLogDocument,
  DeployChange,
  DeployReply,
  Envelope,
  FunctionConfigDocument,
  FunctionDocument,
  HealthReply,
  HistoryFilterDocument,
  InvokeReply,
  LiveLogEvent,
  PrunedImage,
  RecordDocument,
  RunningDocument,
  RunningReply,
  RuntimeDefinitionDocument,
  RuntimeDocument,
  ScheduleDefinitionDocument,
  ScheduleDocument,
  ScheduleSummary,
  SecretDocument,
  SetScheduleReply,
  SetSecretReply,
  VersionDocument,
} from './wire.ts';

export interface ClientOptions {
  /** Address of the server, `http://127.0.0.1:8080` for example. */
  readonly url: string;
  /** Stands in for the built-in fetch. */
  readonly fetch?: Fetch;
}

/** Code to send: source texts by their path, or the bytes of a zip, tar or tar.gz. */
export type Code = { readonly files: Readonly<Record<string, string>> } | { readonly archive: Uint8Array<ArrayBuffer> };

export interface InvokeInput {
  readonly event?: unknown;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

export type RunRequest = Code & {
  readonly config: FunctionConfigDocument;
  readonly envelope: Envelope;
  readonly signal?: AbortSignal;
};

/**
 * A client of the HTTP API, for the command line and for programs.
 *
 * Every method rejects with a {@link ClientError} when the server refuses, fails or does not answer. How a function
 * ended is data in the reply, never a rejection. Nothing is retried.
 */
export class SraasClient {
  /** The server's address without a slash at its end. */
  readonly url: string;
  readonly versions: VersionsClient;
  readonly #connection: Connection;

  constructor(options: ClientOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.#connection = { url: this.url, fetch: options.fetch ?? fetch };
    this.versions = new VersionsClient(this.#connection);
  }

  /**
   * Creates a function or publishes its next version.
   * @param onBuild told of each line, where the upload has a Dockerfile that an image is built from.
   * @param headers conditions, for example.
   */
  async deploy(
    name: string,
    config: FunctionConfigDocument,
    code: Code,
    onBuild?: (event: BuildEvent) => void,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<DeployReply> {
    const body = 'files' in code ? { ...config, files: code.files } : form({ config }, code.archive);
    const request = { method: 'PUT', path: functionPath(name), body, headers } as const;
    if (onBuild !== undefined) {
      return (await followWork(this.#connection, request, onBuild)) as DeployReply;
    }
    const { status, document } = await this.#send(request);
    const change: DeployChange = status === 201 ? 'created' : 'updated';
    return { outcome: change, ...(document as FunctionDocument) };
  }

  /** A function with its newest version, or the version that a reference like `name@3` or `name:live` names. */
  async show(reference: string): Promise<VersionDocument> {
    return (await this.look(reference)).document;
  }

  /** The same with the tag of its state, for changes that are meant for that state only. */
  async look(reference: string): Promise<Tagged<VersionDocument>> {
    const { document, tag } = await this.#send({ method: 'GET', path: functionPath(reference) });
    return { document: document as VersionDocument, tag };
  }

  /** All functions by name, fetched page by page as they are asked for. */
  list(): AsyncGenerator<FunctionDocument, void, undefined> {
    return pages(this.#connection, '/functions', 'functions');
  }

  /** Removes a function, or the one version of a reference like `name@3`. */
  async remove(reference: string, condition: { readonly ifMatch?: string } = {}): Promise<void> {
    await this.#send({ method: 'DELETE', path: functionPath(reference), ...headersOf(condition) });
  }

  /** Invokes a function and waits for how it ended. An abort cancels the invocation. */
  async invoke(reference: string, input: InvokeInput = {}): Promise<InvokeReply> {
    const { signal, event, context } = input;
    const body: Envelope = { version: 'v1', event, ...(context === undefined ? {} : { context }) };
    const request = { method: 'POST', path: `${functionPath(reference)}/invoke`, body } as const;
    return (await this.#send(withSignal(request, signal))).document as InvokeReply;
  }

  /** Has a function run later; resolves when that is durable, with what there is to see of it. */
  async invokeAsync(reference: string, input: Omit<InvokeInput, 'signal'> = {}): Promise<RecordDocument> {
    const body: Envelope = { version: 'v1', ...input };
    const path = `${functionPath(reference)}/invoke?mode=async`;
    return (await this.#send({ method: 'POST', path, body })).document as RecordDocument;
  }

  /** Runs code once without deploying it. */
  async run(request: RunRequest): Promise<InvokeReply> {
    const { config, envelope, signal } = request;
    const body =
      'files' in request ? { ...config, envelope, files: request.files } : form({ config, envelope }, request.archive);
    return (await this.#send(withSignal({ method: 'POST', path: '/run', body }, signal))).document as InvokeReply;
  }

  /**
   * The events of all invocations of a function that begin after the first event, `following`. Ends after a `removed` or `draining` event, or when
   * the caller breaks off.
   */
  followLogs(
    name: string,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<LiveLogEvent, void, undefined> {
    return followLogs(this.#connection, name, options.signal);
  }

  /** What waits or runs on the server at this moment. */
  async running(): Promise<readonly RunningDocument[]> {
    return ((await this.#send({ method: 'GET', path: '/invocations' })).document as RunningReply).invocations;
  }

  /** Ends an invocation that waits or runs. When this resolves it no longer does. */
  async cancel(invocationId: string): Promise<void> {
    await this.#send({ method: 'DELETE', path: invocationPath(invocationId) });
  }

  /** What became of an invocation, or how far it is. */
  async invocation(invocationId: string): Promise<RecordDocument> {
    return (await this.#send({ method: 'GET', path: invocationPath(invocationId) })).document as RecordDocument;
  }

  /** The invocations of a function, newest first, at most so many, fetched page by page as they are asked for. */
  history(
    name: string,
    filter: HistoryFilterDocument = {},
    most?: number,
  ): AsyncGenerator<RecordDocument, void, undefined> {
    const query = Object.fromEntries(Object.entries(filter).map(([key, value]) => [key, String(value)]));
    return pages(this.#connection, `${functionPath(name)}/invocations`, 'invocations', { query, most });
  }

  /** Runs the event of an invocation again and waits for how that ended. */
  async replay(
    invocationId: string,
    options: { readonly reference?: string; readonly signal?: AbortSignal } = {},
  ): Promise<InvokeReply> {
    const { signal, ...body } = options;
    const request = { method: 'POST', path: `${invocationPath(invocationId)}/replay`, body } as const;
    return (await this.#send(withSignal(request, signal))).document as InvokeReply;
  }

  /** The same, as an asynchronous invocation: resolves when it is durable. */
  async replayAsync(invocationId: string, reference?: string): Promise<RecordDocument> {
    return this.#replayLater(`${invocationPath(invocationId)}/replay?mode=async`, reference);
  }

  /** Waits until an invocation has reached a terminal state. */
  untilEnded(invocationId: string): Promise<RecordDocument> {
    return untilEnded(() => this.invocation(invocationId));
  }

  /** Asynchronous invocations that were given up, newest first, at most so many, fetched page by page. */
  deadLetters(name?: string, most?: number): AsyncGenerator<RecordDocument, void, undefined> {
    const query = name === undefined ? {} : { function: name };
    return pages(this.#connection, '/dead-letters', 'dead_letters', { query, most });
  }

  /** Has the event of a dead letter run again, as a new asynchronous invocation. */
  async replayDeadLetter(invocationId: string, reference?: string): Promise<RecordDocument> {
    return this.#replayLater(`${deadLetterPath(invocationId)}/replay`, reference);
  }

  async removeDeadLetter(invocationId: string): Promise<void> {
    await this.#send({ method: 'DELETE', path: deadLetterPath(invocationId) });
  }

  /** Removes the dead letters of a function, or all of them, and says how many it were. */
  async purgeDeadLetters(name?: string): Promise<number> {
    const query = name === undefined ? '' : `?function=${encodeURIComponent(name)}`;
    const { document } = await this.#send({ method: 'DELETE', path: `/dead-letters${query}` });
    return (document as { readonly removed: number }).removed;
  }

  async health(): Promise<HealthReply> {
    return (await this.#send({ method: 'GET', path: '/healthz' })).document as HealthReply;
  }

  async runtimes(): Promise<readonly RuntimeDocument[]> {
    const { document } = await this.#send({ method: 'GET', path: '/runtimes' });
    return (document as { readonly runtimes: readonly RuntimeDocument[] }).runtimes;
  }

  async runtime(name: string): Promise<RuntimeDocument> {
    return (await this.#send({ method: 'GET', path: runtimePath(name) })).document as RuntimeDocument;
  }

  /**
   * Makes a custom runtime, or another of one that there is, and waits until its image serves.
   * @param context files that the Dockerfile copies from, or that it is among.
   * @param onBuild told of each line of the build. The build goes on when this is broken off by the signal.
   */
  async putRuntime(
    name: string,
    definition: RuntimeDefinitionDocument,
    context?: Code,
    options: { readonly onBuild?: (event: BuildEvent) => void; readonly signal?: AbortSignal } = {},
  ): Promise<RuntimeDocument> {
    const files = context === undefined ? {} : 'files' in context ? { files: context.files } : undefined;
    const body =
      files === undefined && context !== undefined && 'archive' in context
        ? form({ config: definition }, context.archive)
        : { ...definition, ...files };
    const request = withSignal({ method: 'PUT', path: runtimePath(name), body }, options.signal);
    // Also without a listener: a stream keeps the connection alive for as long as a build takes.
    const document = await followWork(this.#connection, request, options.onBuild ?? (() => undefined));
    return document as RuntimeDocument;
  }

  async removeRuntime(name: string): Promise<void> {
    await this.#send({ method: 'DELETE', path: runtimePath(name) });
  }

  /** The last build of a custom runtime, with what is kept of its log. */
  async build(runtime: string): Promise<BuildLogDocument> {
    return (await this.#send({ method: 'GET', path: `${runtimePath(runtime)}/build` })).document as BuildLogDocument;
  }

  /** Tells of the lines of a runtime's last build until it has ended. */
  async followBuild(
    runtime: string,
    onBuild: (event: BuildEvent) => void,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<BuildDocument> {
    const request = withSignal({ method: 'GET', path: `${runtimePath(runtime)}/build?follow=true` }, options.signal);
    return (await followWork(this.#connection, request, onBuild)) as BuildDocument;
  }

  /** Ends the build of a runtime that is under way. When this resolves nothing is left of it. */
  async cancelBuild(runtime: string): Promise<void> {
    await this.#send({ method: 'DELETE', path: `${runtimePath(runtime)}/build` });
  }

  /** Removes the images of custom runtimes and of functions that nothing refers to any more. */
  async pruneImages(): Promise<readonly PrunedImage[]> {
    const { document } = await this.#send({ method: 'POST', path: '/images/prune' });
    return (document as { readonly removed: readonly PrunedImage[] }).removed;
  }

  /** Makes a schedule, or gives it another definition. */
  async putSchedule(
    functionName: string,
    name: string,
    definition: ScheduleDefinitionDocument,
  ): Promise<SetScheduleReply> {
    const request = { method: 'PUT', path: schedulePath(functionName, name), body: definition } as const;
    return (await this.#send(request)).document as SetScheduleReply;
  }

  async schedule(functionName: string, name: string): Promise<ScheduleDocument> {
    const { document } = await this.#send({ method: 'GET', path: schedulePath(functionName, name) });
    return document as ScheduleDocument;
  }

  /** The schedules of a function by name. */
  async schedules(functionName: string): Promise<readonly ScheduleSummary[]> {
    const { document } = await this.#send({ method: 'GET', path: `${functionPath(functionName)}/schedules` });
    return (document as { readonly schedules: readonly ScheduleSummary[] }).schedules;
  }

  async switchSchedule(functionName: string, name: string, enabled: boolean): Promise<ScheduleDocument> {
    const request = { method: 'PATCH', path: schedulePath(functionName, name), body: { enabled } } as const;
    return (await this.#send(request)).document as ScheduleDocument;
  }

  async removeSchedule(functionName: string, name: string): Promise<void> {
    await this.#send({ method: 'DELETE', path: schedulePath(functionName, name) });
  }

  /** Sets a secret, or sets it anew: calls from now on see the new value. */
  async putSecret(name: string, value: string): Promise<SetSecretReply> {
    return (await this.#send({ method: 'PUT', path: secretPath(name), body: { value } })).document as SetSecretReply;
  }

  /** All secrets by name, without values, fetched page by page as they are asked for. */
  secrets(): AsyncGenerator<SecretDocument, void, undefined> {
    return pages(this.#connection, '/secrets', 'secrets');
  }

  async removeSecret(name: string): Promise<void> {
    await this.#send({ method: 'DELETE', path: secretPath(name) });
  }

  async #replayLater(path: string, reference: string | undefined): Promise<RecordDocument> {
    const body = reference === undefined ? {} : { reference };
    return (await this.#send({ method: 'POST', path, body })).document as RecordDocument;
  }

  #send(request: ApiRequest): Promise<ApiReply> {
    return exchange(this.#connection, request);
  }
}

function functionPath(reference: string): string {
  return `/functions/${encodeURIComponent(reference)}`;
}

function invocationPath(invocationId: string): string {
  return `/invocations/${encodeURIComponent(invocationId)}`;
}

function deadLetterPath(invocationId: string): string {
  return `/dead-letters/${encodeURIComponent(invocationId)}`;
}

function runtimePath(name: string): string {
  return `/runtimes/${encodeURIComponent(name)}`;
}

function schedulePath(functionName: string, name: string): string {
  return `${functionPath(functionName)}/schedules/${encodeURIComponent(name)}`;
}

function secretPath(name: string): string {
  return `/secrets/${encodeURIComponent(name)}`;
}

function withSignal(request: ApiRequest, signal: AbortSignal | undefined): ApiRequest {
  return signal === undefined ? request : { ...request, signal };
}

function form(documents: Readonly<Record<string, object>>, archive: Uint8Array<ArrayBuffer>): FormData {
  const parts = new FormData();
  for (const [name, document] of Object.entries(documents)) parts.append(name, JSON.stringify(document));
  parts.append('archive', new Blob([archive]), 'archive');
  return parts;
}
