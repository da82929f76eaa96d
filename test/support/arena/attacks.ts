import { join } from 'node:path';
import { expect } from 'vitest';
import type { Code } from '../../../src/client/code.ts';
import type { SraasClient } from '../../../src/client/sraas-client.ts';
import type { FunctionConfigDocument } from '../../../src/wire/function-config.ts';
import type { InvokeReply } from '../../../src/wire/invoke.ts';
import type { Outcome } from '../../../src/wire/outcome.ts';
import { until } from '../containers.ts';
import { engineSandboxes, isOf } from './engine-sandboxes.ts';
import type { Whereabouts } from './standing.ts';

/** One file or several, by path; or an archive. */
export type Source = string | Code;

export interface Attack {
  readonly event?: unknown;
  /** Merged over `node24` and `main.handler`. */
  readonly config?: Partial<FunctionConfigDocument>;
}

export type Attacked = InvokeReply & { readonly name: string };

/** How long a sandbox may outlive its call: the engine removes several at a time, on a machine with other work. */
export const graceMs = 15_000;

/** Endings after which a warm sandbox may serve again. */
const mayStayWarm: ReadonlySet<Outcome> = new Set(['ok', 'handler_error', 'bad_result', 'output_too_large']);

interface Ran {
  readonly name: string;
  readonly source: Source;
  readonly attack: Attack;
  readonly reply: InvokeReply;
}

/** The functions that attack a server, from their deploys to their removals. */
export class Attacks {
  readonly #where: Whereabouts;
  readonly #client: SraasClient;
  readonly #deployed: string[] = [];
  readonly #ran: Ran[] = [];
  #count = 0;

  /** @param client Sees what the server tells attackers. */
  constructor(where: Whereabouts, client: SraasClient) {
    this.#where = where;
    this.#client = client;
  }

  /** Deploys under a fresh name, which it resolves with. */
  async deploy(source: Source, config: Partial<FunctionConfigDocument> = {}): Promise<string> {
    const name = `attack-${++this.#count}`;
    await this.#publish(name, source, config);
    this.#deployed.push(name);
    return name;
  }

  async run(source: Source, attack: Attack = {}): Promise<Attacked> {
    const name = await this.deploy(source, attack.config);
    const reply = await this.#client.invoke(name, { event: attack.event });
    this.#ran.push({ name, source, attack, reply });
    return { ...reply, name };
  }

  async containersOf(name: string): Promise<readonly string[]> {
    const { server, dataDirectory } = this.#where;
    const { code } = await this.#where.client.show(name);
    const codeDirectory = join(dataDirectory, 'artifacts', code.sha256, 'tree');
    const ids: string[] = [];
    for (const sandbox of await engineSandboxes(server.instanceId, dataDirectory)) {
      if (await isOf(sandbox, name, codeDirectory)) ids.push(sandbox.containerId);
    }
    return ids;
  }

  /** Runs again, cold, what {@link run} has run, with the outcomes that this may have. */
  async runAgain(outcomes?: readonly Outcome[]): Promise<void> {
    for (const ran of this.#ran.splice(0)) await this.#runAgain(ran, outcomes);
  }

  async removeAll(): Promise<void> {
    for (const name of this.#deployed.splice(0)) await this.#client.remove(name);
  }

  /** A sandbox that is not to be used again has to go by itself; then the same again, cold. */
  async #runAgain({ name, source, attack, reply }: Ran, outcomes?: readonly Outcome[]): Promise<void> {
    if (attack.config?.isolation === 'fresh' || !mayStayWarm.has(reply.invocation.outcome)) {
      const isGone = async (): Promise<boolean> => (await this.containersOf(name)).length === 0;
      await until(isGone, graceMs, `the container of ${name} is gone`);
    }
    // Another version, and so another sandbox.
    await this.#publish(name, source, { ...attack.config, description: 'again' });
    const { invocation } = await this.#client.invoke(name, { event: attack.event });
    expect(invocation.cold_start).toBe(true);
    expect(outcomes ?? [reply.invocation.outcome], 'outcome of the second, cold run').toContain(invocation.outcome);
  }

  async #publish(name: string, source: Source, config: Partial<FunctionConfigDocument>): Promise<void> {
    const code = typeof source === 'string' ? { files: { 'main.mjs': source } } : source;
    await this.#client.deploy(name, { runtime: 'node24', handler: 'main.handler', ...config }, code);
  }
}
