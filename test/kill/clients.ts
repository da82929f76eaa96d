import { ClientError } from '../../src/client/client-error.ts';
import { SraasClient } from '../../src/client/sraas-client.ts';
import { codeOf, configOf, type Echo } from './code.ts';
import type { Change, Deployed, Journal, Shown } from './journal.ts';

/** How often what was answered, for the report. */
export type Tally = Map<string, number>;

export interface ClientsOptions {
  readonly journal: Journal;
  readonly tally: Tally;
  readonly random: () => number;
  readonly writers: number;
  readonly callers: number;
}

/** Refusals that are right while functions come and go and the server with them. */
const expectedCodes = new Set(['UNREACHABLE', 'DRAINING']);

/** Code that several functions have in common, so that no removal may take it from another. */
const sharedCodes = ['shared-0', 'shared-1'];

/**
 * Users who deploy, redeploy, remove and invoke until they are told to stop. Each name belongs to one writer, who does one thing
 * at a time with it and lets it be once an answer fails to come.
 */
export class Clients {
  readonly #options: ClientsOptions;
  #counter = 0;

  constructor(options: ClientsOptions) {
    this.#options = options;
  }

  /** Resolves when all have stopped: after the signal, or when no server answers any more. */
  async work(url: string, signal: AbortSignal): Promise<void> {
    const { writers, callers, journal } = this.#options;
    const client = new SraasClient({ url });
    const { names } = journal;
    const writing = Array.from({ length: writers }, (_, i) =>
      this.#write(
        client,
        names.filter((_name, index) => index % writers === i),
        signal,
      ),
    );
    const calling = Array.from({ length: callers }, () => this.#keepCalling(client, names, signal));
    await Promise.all([...writing, ...calling]);
  }

  /** One call. Undefined when no answer came. Throws nothing. */
  async call(client: SraasClient, name: string, ms = 0): Promise<boolean> {
    const { journal } = this.#options;
    const nonce = `n${++this.#counter}`;
    const from = journal.now();
    try {
      const { result, error, invocation } = await client.invoke(name, { event: { nonce, ms } });
      const echo = result as Echo | null;
      const to = journal.now();
      if (echo?.nonce !== nonce) {
        journal.faults.push(`${name}: call ${nonce} got ${JSON.stringify(result)}, ${error ?? 'without an error'}`);
        return true;
      }
      journal.called({ name, nonce, from, to, mark: echo.mark, code: echo.code, version: invocation.version });
      this.count('invoke: answered');
      return true;
    } catch (error) {
      const code = codeOfError(error);
      this.count(`invoke: ${code}`);
      if (code === 'FUNCTION_NOT_FOUND') {
        journal.called({ name, nonce, from, to: journal.now(), mark: undefined, code: undefined, version: undefined });
      } else if (code === 'INVOCATION_CANCELLED') {
        // Its function was removed or replaced while it waited; it did not run.
      } else if (!expectedCodes.has(code)) journal.faults.push(`${name}: call ${nonce} failed: ${String(error)}`);
      return code !== 'UNREACHABLE';
    }
  }

  async #keepCalling(client: SraasClient, names: readonly string[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const ms = this.#chance(0.3) ? Math.floor(this.#options.random() * 300) : 0;
      if (!(await this.call(client, this.#pick(names), ms))) return;
    }
  }

  async #write(client: SraasClient, names: readonly string[], signal: AbortSignal): Promise<void> {
    const { journal } = this.#options;
    while (!signal.aborted) {
      const free = names.filter((name) => journal.pending(name) === undefined);
      if (free.length === 0) return;
      if (!(await this.#changeOne(client, this.#pick(free)))) return;
    }
  }

  /** Whether the server is still there. */
  async #changeOne(client: SraasClient, name: string): Promise<boolean> {
    const { deployed } = this.#options.journal.standing(name);
    if (deployed === undefined) return await this.#deploy(client, name);
    if (this.#chance(0.2)) return await this.#remove(client, name);
    if (this.#chance(0.1)) return await this.#deployAgain(client, name, deployed);
    if (this.#chance(0.3)) return await this.call(client, name);
    return await this.#deploy(client, name);
  }

  async #deploy(client: SraasClient, name: string): Promise<boolean> {
    const mark = `m${++this.#counter}`;
    const deployed = { mark, code: this.#chance(0.3) ? this.#pick(sharedCodes) : mark };
    const sent = this.#options.journal.send(name, deployed);
    return await this.#settle('deploy', sent, () => this.#put(client, name, deployed));
  }

  async #remove(client: SraasClient, name: string): Promise<boolean> {
    const sent = this.#options.journal.send(name, undefined);
    return await this.#settle('remove', sent, async () => {
      await client.remove(name);
      return undefined;
    });
  }

  /** The same once more, which must change nothing. */
  async #deployAgain(client: SraasClient, name: string, deployed: Deployed): Promise<boolean> {
    const { journal } = this.#options;
    try {
      const shown = await this.#put(client, name, deployed);
      this.count('deploy: unchanged');
      journal.look(name, shown);
      return true;
    } catch (error) {
      return this.#failed('deploy again', name, error);
    }
  }

  async #put(client: SraasClient, name: string, deployed: Deployed): Promise<Shown> {
    const { mark, code } = deployed;
    // A name's code decides its form, so that the same deploy comes in the same form again.
    const form = mark.endsWith('3') || code === 'shared-1' ? 'archive' : 'texts';
    const files = code.startsWith('shared') ? 3 : Number(mark.slice(1)) % 30;
    const reply = await client.deploy(name, configOf(deployed), codeOf(deployed, form, files));
    return { mark: reply.env['MARK'] ?? '', version: reply.version, sha256: reply.code.sha256 };
  }

  async #settle(what: string, sent: Change, act: () => Promise<Shown | undefined>): Promise<boolean> {
    const { journal } = this.#options;
    try {
      const shown = await act();
      journal.acknowledged(sent, shown);
      this.count(`${what}: acknowledged`);
      return true;
    } catch (error) {
      // Without a reply nobody knows; with one, nothing may have happened.
      if (codeOfError(error) !== 'UNREACHABLE') journal.refused(sent);
      return this.#failed(what, sent.name, error);
    }
  }

  #failed(what: string, name: string, error: unknown): boolean {
    const code = codeOfError(error);
    this.count(`${what}: ${code}`);
    if (!expectedCodes.has(code)) this.#options.journal.faults.push(`${name}: ${what} failed: ${String(error)}`);
    return code !== 'UNREACHABLE';
  }

  /** Adds one to the report's line of this name. */
  count(what: string): void {
    const { tally } = this.#options;
    tally.set(what, (tally.get(what) ?? 0) + 1);
  }

  #chance(probability: number): boolean {
    return this.#options.random() < probability;
  }

  #pick<T>(choices: readonly T[]): T {
    const picked = choices[Math.floor(this.#options.random() * choices.length)];
    if (picked === undefined) throw new RangeError('There is nothing to pick from');
    return picked;
  }
}

function codeOfError(error: unknown): string {
  return error instanceof ClientError ? error.code : String(error);
}
