import { randomUUID } from 'node:crypto';
import { ClientError } from '../../src/client/client-error.ts';
import type { DeployReply } from '../../src/client/wire.ts';
import { codeOf as filesOf, configOf } from './code.ts';
import type { Change, Deployed, Shown } from './journal.ts';
import { clientOf, codeOf, count, failed, type Witness } from './witness.ts';

/** Code that several functions have in common, so that no removal may take it from another. */
const sharedCodes = ['shared-0', 'shared-1'];

/**
 * Users who deploy, redeploy and remove functions. Each name belongs to one of them, who does one thing at a time with it and lets
 * it be once an answer fails to come, until the next server has been asked.
 */
export class Writers {
  readonly #witness: Witness;
  readonly #keys = new Map<Change, string>();
  #counter = 0;

  constructor(witness: Witness) {
    this.#witness = witness;
  }

  /** Resolves after the signal, or when no server answers any more, or nothing is left to do. */
  async work(url: string, names: readonly string[], signal: AbortSignal): Promise<void> {
    const { journal, dice } = this.#witness;
    while (!signal.aborted) {
      const free = names.filter((name) => journal.pending(name) === undefined);
      if (free.length === 0 || !(await this.#changeOne(url, dice.pick(free)))) return;
    }
  }

  /**
   * Asks a server what there is under a name, which settles a change without an answer. One that was sent with a key is sent
   * again with it, and must become one version and no more.
   */
  async look(url: string, name: string): Promise<void> {
    const { journal } = this.#witness;
    const pending = journal.pending(name);
    journal.look(name, await show(url, name));
    if (pending === undefined) return;
    count(this.#witness, `without an answer: ${pending.fate}`);
    const key = this.#keys.get(pending);
    this.#keys.delete(pending);
    const { deployed } = pending;
    if (key === undefined || deployed === undefined) return;
    if (pending.fate === 'lost') {
      await this.#deploy(url, name, deployed, key);
      return;
    }
    await this.#deployAgain(url, name, deployed, key);
  }

  /** False when no server answers. */
  async #changeOne(url: string, name: string): Promise<boolean> {
    const { journal, dice } = this.#witness;
    const { deployed } = journal.standing(name);
    if (deployed !== undefined && dice.chance(0.2)) return await this.#remove(url, name);
    if (deployed !== undefined && dice.chance(0.1)) return await this.#deployAgain(url, name, deployed);
    const mark = `m${++this.#counter}`;
    const code = dice.chance(0.3) ? dice.pick(sharedCodes) : mark;
    return await this.#deploy(url, name, { mark, code }, dice.chance(0.4) ? randomUUID() : undefined);
  }

  async #deploy(url: string, name: string, deployed: Deployed, key: string | undefined): Promise<boolean> {
    const sent = this.#witness.journal.send(name, deployed);
    if (key !== undefined) this.#keys.set(sent, key);
    return await this.#settle('deploy', sent, () => put(url, name, deployed, key));
  }

  async #remove(url: string, name: string): Promise<boolean> {
    const sent = this.#witness.journal.send(name, undefined);
    return await this.#settle('remove', sent, async () => {
      await clientOf(url).remove(name);
      return undefined;
    });
  }

  /** The same once more, which must change nothing. */
  async #deployAgain(url: string, name: string, deployed: Deployed, key?: string): Promise<boolean> {
    try {
      const shown = await put(url, name, deployed, key);
      count(this.#witness, 'deploy: unchanged');
      this.#witness.journal.look(name, shown);
      return true;
    } catch (error) {
      return failed(this.#witness, 'deploy again', name, error);
    }
  }

  async #settle(what: string, sent: Change, act: () => Promise<Shown | undefined>): Promise<boolean> {
    const { journal } = this.#witness;
    try {
      journal.acknowledged(sent, await act());
      count(this.#witness, `${what}: acknowledged`);
      return true;
    } catch (error) {
      // Without a reply nobody knows; with one, nothing may have happened.
      if (codeOf(error) !== 'UNREACHABLE') journal.refused(sent);
      return failed(this.#witness, what, sent.name, error);
    }
  }
}

async function put(url: string, name: string, deployed: Deployed, key: string | undefined): Promise<Shown> {
  const { mark, code } = deployed;
  // Both follow from the deploy, so that the same one comes in the same form again.
  const form = mark.endsWith('3') || code === 'shared-1' ? 'archive' : 'texts';
  const fileCount = code === mark ? Number(mark.slice(1)) % 30 : 3;
  const files = filesOf(deployed, form, fileCount);
  return shownBy(await clientOf(url).deploy(name, configOf(deployed), files, { idempotencyKey: key }));
}

async function show(url: string, name: string): Promise<Shown | undefined> {
  try {
    return shownBy(await clientOf(url).show(name));
  } catch (error) {
    if (error instanceof ClientError && error.code === 'FUNCTION_NOT_FOUND') return undefined;
    throw error;
  }
}

function shownBy({ env, version, code }: Pick<DeployReply, 'env' | 'version' | 'code'>): Shown {
  return { mark: env['MARK'] ?? '', version, sha256: code.sha256 };
}
