import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { SraasClient, type Code } from '../../src/client/sraas-client.ts';
import type { FunctionConfigDocument, InvokeReply, OutcomeWord } from '../../src/client/wire.ts';
import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import type { Logger } from '../../src/logger.ts';
import { createPlatform } from '../../src/platform.ts';
import { docker, until } from './containers.ts';
import { engineHoldings, type EngineHoldings } from './engine-holdings.ts';
import { footprint, gained, liveBytes, type Footprint } from './footprint.ts';
import { canaryName, Pulse } from './pulse.ts';
import { engineHost } from './server.ts';

/** How long a sandbox may outlive its call: the engine removes several at a time, on a machine with other work. */
const graceMs = 15_000;
/** Timers of clients' connections come and go; a server that leaks one per call passes this within seconds of pulse. */
const spareTimers = 12;
/** Containers that are started ahead would come and go beside those of the attack, and carry nobody's name. */
const unprepared = { preparedPerKind: 0 } as const;
const secretVariable = 'SRAAS_TEST_ARENA_SECRET';

/** One file or several, by path; or an archive. */
export type Source = string | Code;

export interface Attack {
  readonly event?: unknown;
  /** Merged over `node24` and `main.handler`. */
  readonly config?: Partial<FunctionConfigDocument>;
}

export type Attacked = InvokeReply & { readonly name: string };

export interface Arena extends AsyncDisposable {
  readonly client: SraasClient;
  readonly url: string;
  readonly dataDirectory: string;
  /** Value of the label `sraas.instance` of its sandboxes. */
  readonly instanceId: string;
  /** Deploys under a fresh name and invokes once. {@link Arena.aftermath} invokes it again. */
  run(source: Source, attack?: Attack): Promise<Attacked>;
  /** Deploys under a fresh name, which it resolves with; for attacks that take more than one call. */
  deploy(source: Source, config?: Partial<FunctionConfigDocument>): Promise<string>;
  /** Ids of a function's sandboxes on this server, running or not. */
  containersOf(name: string): Promise<readonly string[]>;
  /**
   * Asserts that nobody but the attacker noticed, and that nothing of it is left. Call it after each case.
   *
   * @param again The outcomes that a cold second invocation of what was run may have; the first one's by default.
   */
  aftermath(again?: readonly OutcomeWord[]): Promise<void>;
}

/** What was run since the last aftermath. */
interface Ran {
  readonly name: string;
  readonly source: Source;
  readonly attack: Attack;
  readonly reply: InvokeReply;
}

/**
 * A server in this process, with a canary function that is called all the time, for attacks to be made on.
 * One per file; `await using`, or dispose of it in afterAll.
 *
 * @param overrides Settings of the server.
 * @param slowestHealthMs Longest time that `/healthz` may take at any moment.
 */
export async function openArena(overrides: Partial<Config> = {}, { slowestHealthMs = 1000 } = {}): Promise<Arena> {
  const secret = randomUUID();
  process.env[secretVariable] = secret;
  const heard: string[] = [];
  const told: string[] = [];
  const onStray = (thrown: unknown): void => {
    told.push(`nobody caught ${String(thrown)}`);
  };
  process.on('unhandledRejection', onStray);
  process.on('uncaughtException', onStray);

  const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-arena-'));
  const runDirectory = await mkdtemp(join(tmpdir(), 'sraas-run-'));
  const defaults = parseConfig({ flags: {}, environment: {} });
  const config = { ...defaults, port: 0, engineHost, runDirectory, ...unprepared, ...overrides, dataDirectory };
  const platform = createPlatform(config, listening(heard, told));
  const close = async (): Promise<void> => {
    await platform.stop();
    process.off('unhandledRejection', onStray);
    process.off('uncaughtException', onStray);
    Reflect.deleteProperty(process.env, secretVariable);
    for (const directory of [dataDirectory, runDirectory]) await rm(directory, { recursive: true, force: true });
  };
  try {
    const { url } = await platform.start();
    const client = new SraasClient({ url, fetch: overhearing(heard) });
    const pulse = await Pulse.start(client, slowestHealthMs);
    return await OpenArena.begin({ url, client, pulse, dataDirectory, runDirectory, secret, heard, told, close });
  } catch (error) {
    await close();
    throw error;
  }
}

interface Parts {
  readonly url: string;
  readonly client: SraasClient;
  readonly pulse: Pulse;
  readonly dataDirectory: string;
  readonly runDirectory: string;
  readonly secret: string;
  /** Everything that left the server: replies and log lines. */
  readonly heard: string[];
  /** What the server had to report that never may happen. */
  readonly told: string[];
  readonly close: () => Promise<void>;
}

class OpenArena implements Arena {
  readonly client: SraasClient;
  readonly url: string;
  readonly dataDirectory: string;
  readonly instanceId: string;
  readonly #parts: Parts;
  readonly #before: { footprint: Footprint; engine: EngineHoldings; liveBytes: number };
  readonly #deployed: string[] = [];
  readonly #ran: Ran[] = [];
  #count = 0;

  private constructor(parts: Parts, engine: EngineHoldings, instanceId: string) {
    this.instanceId = instanceId;
    this.#parts = parts;
    this.client = parts.client;
    this.url = parts.url;
    this.dataDirectory = parts.dataDirectory;
    this.#before = { footprint: footprint(), engine, liveBytes: liveBytes() };
  }

  static async begin(parts: Parts): Promise<OpenArena> {
    const instance = await instanceIn(parts.runDirectory);
    return new OpenArena(parts, await engineHoldings(instance), instance);
  }

  async deploy(source: Source, config: Partial<FunctionConfigDocument> = {}): Promise<string> {
    const name = `attack-${++this.#count}`;
    await this.client.deploy(name, { runtime: 'node24', handler: 'main.handler', ...config }, codeOf(source));
    this.#deployed.push(name);
    return name;
  }

  async run(source: Source, attack: Attack = {}): Promise<Attacked> {
    const name = await this.deploy(source, attack.config);
    const reply = await this.client.invoke(name, { event: attack.event });
    this.#ran.push({ name, source, attack, reply });
    return { ...reply, name };
  }

  async containersOf(name: string): Promise<readonly string[]> {
    const label = [`sraas.instance=${this.instanceId}`, `sraas.function=${name}`];
    const found = await docker.listContainers({ all: true, filters: { label } });
    return found.map(({ Id }) => Id);
  }

  async aftermath(again?: readonly OutcomeWord[]): Promise<void> {
    for (const ran of this.#ran.splice(0)) await this.#runAgain(ran, again);
    for (const name of this.#deployed.splice(0)) await this.client.remove(name);
    await this.#untilNothingIsLeft();
    this.#assertNobodyNoticed(await this.#parts.pulse.complaints());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { pulse, close } = this.#parts;
    try {
      await this.aftermath();
      // Idle connections to the engine are closed some seconds later.
      await until(
        () => footprint().dialled <= this.#before.footprint.dialled + 2,
        graceMs,
        'connections to the engine are closed',
      );
      await pulse[Symbol.asyncDispose]();
      expect(liveBytes() - this.#before.liveBytes, 'bytes that the file has left in memory').toBeLessThan(50_000_000);
      console.info(`canary p99 over the file: ${Math.round(pulse.p99Ms)} ms`);
    } finally {
      await pulse[Symbol.asyncDispose]();
      await close();
    }
  }

  /** A sandbox that is not to be used again has to go by itself; then the same again, cold. */
  async #runAgain({ name, source, attack, reply }: Ran, again?: readonly OutcomeWord[]): Promise<void> {
    if (attack.config?.isolation === 'fresh' || !mayStayWarm.has(reply.invocation.outcome)) {
      await until(
        async () => (await this.containersOf(name)).length === 0,
        graceMs,
        `the container of ${name} is gone`,
      );
    }
    // Another version, and so another sandbox.
    const config = { runtime: 'node24', handler: 'main.handler', ...attack.config, description: 'again' };
    await this.client.deploy(name, config, codeOf(source));
    const { invocation } = await this.client.invoke(name, { event: attack.event });
    expect(invocation.cold_start).toBe(true);
    expect(again ?? [reply.invocation.outcome], 'outcome of the second, cold run').toContain(invocation.outcome);
  }

  async #untilNothingIsLeft(): Promise<void> {
    const { engine, footprint: before } = this.#before;
    const { dataDirectory, runDirectory } = this.#parts;
    let left: readonly string[] = [];
    await until(
      async () => {
        const now = footprint();
        const holdings = await engineHoldings(this.instanceId);
        const [run = ''] = await readdir(runDirectory);
        left = [
          ...gained(engine.containers, holdings.containers).map((id) => `container ${id}`),
          ...gained(engine.others, holdings.others),
          // Files of the sandboxes that live are told apart by nothing but their number.
          ...(now.held.length > before.held.length ? gained(before.held, now.held) : []),
          ...(now.timers > before.timers + spareTimers ? [`${now.timers} timers, ${before.timers} before`] : []),
          ...gained(before.prototypeKeys, now.prototypeKeys).map((key) => `Object.prototype.${key}`),
          ...(await readdir(join(dataDirectory, 'staging'))),
          ...(await readdir(join(runDirectory, run))).slice(holdings.containers.length),
        ];
        return left.length === 0;
      },
      graceMs,
      'nothing of it is left',
    ).catch((error: unknown) => {
      throw new Error(`Left behind: ${left.join(', ')}`, { cause: error });
    });
  }

  #assertNobodyNoticed(complaints: readonly string[]): void {
    const { heard, told, secret } = this.#parts;
    expect(complaints).toEqual([]);
    expect(told.splice(0)).toEqual([]);
    expect(
      heard.splice(0).some((text) => text.includes(secret)),
      'the server’s own environment shows',
    ).toBe(false);
  }
}

/** Endings after which a warm sandbox may serve again. */
const mayStayWarm: ReadonlySet<OutcomeWord> = new Set(['ok', 'handler_error', 'bad_result', 'output_too_large']);

function codeOf(source: Source): Code {
  return typeof source === 'string' ? { files: { 'main.mjs': source } } : source;
}

/** Another server on this engine may have a canary as well; the run directory has the first part of this one's id. */
async function instanceIn(runDirectory: string): Promise<string> {
  const [start = ''] = await readdir(runDirectory);
  const found = await docker.listContainers({
    filters: { label: ['sraas.managed=sandbox', `sraas.function=${canaryName}`] },
  });
  const instance = found.map(({ Labels }) => Labels['sraas.instance'] ?? '').find((id) => id.startsWith(start));
  if (instance === undefined) throw new Error('The canary has no sandbox');
  return instance;
}

function listening(heard: string[], told: string[]): Logger {
  const hear = (message: string, fields: object = {}): void => {
    heard.push(JSON.stringify({ message, ...fields }));
  };
  const complain = (message: string, fields: object = {}): void => {
    hear(message, fields);
    told.push(`the server logged an error: ${message} ${JSON.stringify(fields)}`);
  };
  return { error: complain, warn: hear, info: hear, debug: hear };
}

function overhearing(heard: string[]): typeof fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    heard.push(await response.clone().text());
    return response;
  };
}
