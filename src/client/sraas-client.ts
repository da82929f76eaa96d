import type { BuildEvent } from '../wire/build.ts';
import type { DeployReply, FunctionDocument, VersionDocument } from '../wire/function.ts';
import type { FunctionConfigDocument } from '../wire/function-config.ts';
import type { HealthReply } from '../wire/health.ts';
import type { Envelope, InvokeReply } from '../wire/invoke.ts';
import type { LanguageDocument } from '../wire/language.ts';
import type { LiveLogEvent } from '../wire/live-log.ts';
import type { ProgramDocument, ProgramReply } from '../wire/program.ts';
import type { RecordDocument } from '../wire/record.ts';
import type { PrunedImage } from '../wire/runtime.ts';
import { AliasesClient } from './aliases-client.ts';
import { BuildsClient } from './builds-client.ts';
import { bodyWithCode, type Code } from './code.ts';
import { conditionHeaders, type Condition, type DeployCondition, type Tagged } from './condition.ts';
import type { Connection, Fetch } from './connection.ts';
import { DeadLettersClient } from './dead-letters-client.ts';
import { exchange } from './exchange.ts';
import { followLogs } from './follow-logs.ts';
import { followProgram, type FollowedEvent } from './follow-program.ts';
import { followWork } from './follow-work.ts';
import { keyHeaders, type Keyed } from './idempotency-key.ts';
import { InvocationsClient } from './invocations-client.ts';
import { invokeRequest, type InvokeInput } from './invoke-request.ts';
import { pages } from './pages.ts';
import { functionPath } from './paths.ts';
import { RuntimesClient } from './runtimes-client.ts';
import { SchedulesClient } from './schedules-client.ts';
import { SecretsClient } from './secrets-client.ts';
import { VersionsClient } from './versions-client.ts';

export interface ClientOptions {
  /** Address of the server, `http://127.0.0.1:8080` for example. */
  readonly url: string;
  /** Stands in for the built-in fetch. */
  readonly fetch?: Fetch;
}

interface DeployOptions extends DeployCondition, Keyed {
  /** Told of each line, where an image is built or packages are installed. */
  readonly onBuild?: ((event: BuildEvent) => void) | undefined;
}

export type RunRequest = Code &
  Keyed & {
    readonly config: FunctionConfigDocument;
    readonly envelope: Envelope;
    readonly signal?: AbortSignal;
  };

/**
 * A client of the HTTP API, for the command line and for programs. What is done every day is here; the rest is in parts by what
 * it is about.
 *
 * Every method rejects with a {@link ClientError} when the server refuses, fails or does not answer. How a function
 * ended is data in the reply, never a rejection. Nothing is retried: with a key the caller may do so safely.
 */
export class SraasClient {
  /** The server's address without a slash at its end. */
  readonly url: string;
  readonly versions: VersionsClient;
  readonly aliases: AliasesClient;
  readonly invocations: InvocationsClient;
  readonly deadLetters: DeadLettersClient;
  readonly schedules: SchedulesClient;
  readonly secrets: SecretsClient;
  readonly runtimes: RuntimesClient;
  readonly builds: BuildsClient;
  readonly #connection: Connection;

  constructor(options: ClientOptions) {
    this.url = options.url.replace(/\/+$/, '');
    this.#connection = { url: this.url, fetch: options.fetch ?? fetch };
    this.versions = new VersionsClient(this.#connection);
    this.aliases = new AliasesClient(this.#connection);
    this.invocations = new InvocationsClient(this.#connection);
    this.deadLetters = new DeadLettersClient(this.#connection);
    this.schedules = new SchedulesClient(this.#connection);
    this.secrets = new SecretsClient(this.#connection);
    this.runtimes = new RuntimesClient(this.#connection);
    this.builds = new BuildsClient(this.#connection);
  }

  /** Creates a function or publishes its next version. */
  async deploy(
    name: string,
    config: FunctionConfigDocument,
    code: Code,
    options: DeployOptions = {},
  ): Promise<DeployReply> {
    const { onBuild, onRepeat } = options;
    const body = bodyWithCode(code, config);
    const headers = { ...conditionHeaders(options), ...keyHeaders(options) };
    const request = { method: 'PUT', path: functionPath(name), body, headers, onRepeat } as const;
    if (onBuild !== undefined) return (await followWork(this.#connection, request, onBuild)) as DeployReply;
    return (await exchange(this.#connection, request)).document as DeployReply;
  }

  /** A function with its newest version, or the version that a reference like `name@3` or `name:live` names. */
  async show(reference: string): Promise<VersionDocument> {
    return (await this.look(reference)).document;
  }

  /** The same with the tag of its state, for changes that are meant for that state only. */
  async look(reference: string): Promise<Tagged<VersionDocument>> {
    const { document, tag } = await exchange(this.#connection, { method: 'GET', path: functionPath(reference) });
    return { document: document as VersionDocument, tag };
  }

  /** All functions by name, fetched page by page as they are asked for. */
  list(): AsyncGenerator<FunctionDocument, void, undefined> {
    return pages(this.#connection, '/functions', 'functions');
  }

  /** Removes a function, or the one version of a reference like `name@3`. */
  async remove(reference: string, condition: Condition = {}): Promise<void> {
    const path = functionPath(reference);
    await exchange(this.#connection, { method: 'DELETE', path, headers: conditionHeaders(condition) });
  }

  /** Invokes a function and waits for how it ended. An abort cancels the invocation, unless it has a key. */
  async invoke(reference: string, input: InvokeInput = {}): Promise<InvokeReply> {
    const request = invokeRequest(reference, input);
    return (await exchange(this.#connection, request)).document as InvokeReply;
  }

  /** Has a function run later; resolves when that is durable, with what there is to see of it. */
  async invokeAsync(reference: string, input: Omit<InvokeInput, 'signal'> = {}): Promise<RecordDocument> {
    const request = invokeRequest(reference, input, '?mode=async');
    return (await exchange(this.#connection, request)).document as RecordDocument;
  }

  /** Runs code once without deploying it. */
  async run(request: RunRequest): Promise<InvokeReply> {
    const { config, envelope, signal, onRepeat } = request;
    const body = bodyWithCode(request, config, { envelope });
    const asked = { method: 'POST', path: '/run', body, headers: keyHeaders(request), signal, onRepeat } as const;
    return (await exchange(this.#connection, asked)).document as InvokeReply;
  }

  /** Runs a program once. An abort cancels it, unless it has a key. How it ended is data in the reply. */
  async runProgram(
    program: ProgramDocument,
    options: Keyed & { readonly signal?: AbortSignal } = {},
  ): Promise<ProgramReply> {
    const { signal, onRepeat } = options;
    const request = {
      method: 'POST',
      path: '/run',
      body: program,
      headers: keyHeaders(options),
      signal,
      onRepeat,
    } as const;
    return (await exchange(this.#connection, request)).document as ProgramReply;
  }

  /** The same, told while it runs: what it writes as it comes, and last how it ended. Breaking off cancels it. */
  followProgram(
    program: ProgramDocument,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<FollowedEvent, void, undefined> {
    return followProgram(this.#connection, program, options.signal);
  }

  /**
   * The events of all invocations of a function that begin after the first event, `following`. Ends after a `removed` or
   * `draining` event, or when the caller breaks off.
   */
  followLogs(
    name: string,
    options: { readonly signal?: AbortSignal } = {},
  ): AsyncGenerator<LiveLogEvent, void, undefined> {
    return followLogs(this.#connection, name, options.signal);
  }

  /** The languages that programs may be in, by name. */
  async languages(): Promise<readonly LanguageDocument[]> {
    const { document } = await exchange(this.#connection, { method: 'GET', path: '/languages' });
    return (document as { readonly languages: readonly LanguageDocument[] }).languages;
  }

  async health(): Promise<HealthReply> {
    return (await exchange(this.#connection, { method: 'GET', path: '/healthz' })).document as HealthReply;
  }

  /** Removes the images of custom runtimes and of functions that nothing refers to any more. */
  async pruneImages(): Promise<readonly PrunedImage[]> {
    const { document } = await exchange(this.#connection, { method: 'POST', path: '/images/prune' });
    return (document as { readonly removed: readonly PrunedImage[] }).removed;
  }
}
