import { randomUUID } from 'node:crypto';
import type { DeployReply } from '../../src/wire/function.ts';
import { codeOf as filesOf, configOf } from './code.ts';
import type { Belongings } from './belongings.ts';
import type { Knowledge } from './knowledge.ts';
import type { Change, Deployed, Shown } from './journal.ts';
import { type Sent, settle } from './settle.ts';
import { clientOf, count, failed, ifThere, type Witness } from './witness.ts';

/** Code that several functions have in common, so that no removal may take it from another. */
const sharedCodes = ['shared-0', 'shared-1'];

interface WritersParts extends Pick<Knowledge, 'aliases' | 'timetables'> {
  /** Who is told when asynchronous invocations of their functions have ended. */
  readonly webhookUrl: string;
}

/**
 * Users who deploy, redeploy and remove functions, and set their aliases and schedules. Each name belongs to one of them, who does
 * one thing at a time with it and lets it be once an answer fails to come, until the next server has been asked.
 */
export class Writers {
  readonly #witness: Witness;
  readonly #aliases: Belongings;
  readonly #timetables: Belongings;
  readonly #webhookUrl: string;
  readonly #keys = new Map<Change, string>();

  constructor(witness: Witness, { aliases, timetables, webhookUrl }: WritersParts) {
    this.#witness = witness;
    this.#aliases = aliases;
    this.#timetables = timetables;
    this.#webhookUrl = webhookUrl;
  }

  /** Resolves after the signal, or when no server answers any more, or nothing is left to do. */
  async work(url: string, names: readonly string[], signal: AbortSignal): Promise<void> {
    const { dice } = this.#witness;
    while (!signal.aborted) {
      const free = names.filter((name) => this.#isSettled(name));
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
    // Their values are versions: those have to be known first.
    await this.#aliases.look(url, name);
    await this.#timetables.look(url, name);
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
    if (deployed !== undefined) {
      if (dice.chance(0.12)) return await this.#remove(url, name);
      if (dice.chance(0.3)) return await this.#pointAlias(url, name);
      if (dice.chance(0.2)) return await this.#setSchedule(url, name);
      if (dice.chance(0.1)) return await this.#deployAgain(url, name, deployed);
    }
    const mark = `m${journal.now()}`;
    const code = dice.chance(0.3) ? dice.pick(sharedCodes) : mark;
    return await this.#deploy(url, name, { mark, code }, dice.chance(0.4) ? randomUUID() : undefined);
  }

  async #deploy(url: string, name: string, deployed: Deployed, key: string | undefined): Promise<boolean> {
    const sent = this.#witness.journal.send(name, deployed);
    if (key !== undefined) this.#keys.set(sent, key);
    return await this.#settle('deploy', sent, () => this.#put(url, name, deployed, key));
  }

  /** To one version or two, or nowhere. */
  async #pointAlias(url: string, name: string): Promise<boolean> {
    const { journal, dice } = this.#witness;
    if (this.#aliases.of(name).standing !== undefined && dice.chance(0.1)) {
      return await this.#aliases.set(url, name, undefined);
    }
    const marks = journal.versions(name).map(({ deployed }) => deployed?.mark ?? '');
    const targets = new Set([dice.pick(marks), ...(dice.chance(0.2) ? [dice.pick(marks)] : [])]);
    return await this.#aliases.set(url, name, [...targets].join(' '));
  }

  async #setSchedule(url: string, name: string): Promise<boolean> {
    const { journal, dice } = this.#witness;
    const isThere = this.#timetables.of(name).standing !== undefined;
    const value = isThere && dice.chance(0.2) ? undefined : `s${journal.now()}`;
    return await this.#timetables.set(url, name, value);
  }

  async #remove(url: string, name: string): Promise<boolean> {
    const sent = this.#witness.journal.send(name, undefined);
    const gone = [this.#aliases, this.#timetables].map((belongings) => belongings.removing(name));
    const isAnswered = await this.#settle('remove', sent, async () => {
      await clientOf(url).remove(name);
      return undefined;
    });
    for (const one of gone) {
      if (sent.fate === 'happened') one.acknowledged(undefined);
      if (sent.fate === 'lost') one.refused();
    }
    return isAnswered;
  }

  #isSettled(name: string): boolean {
    const { journal } = this.#witness;
    return journal.pending(name) === undefined && this.#aliases.isSettled(name) && this.#timetables.isSettled(name);
  }

  /** The same once more, which must change nothing. */
  async #deployAgain(url: string, name: string, deployed: Deployed, key?: string): Promise<boolean> {
    try {
      const shown = await this.#put(url, name, deployed, key);
      count(this.#witness, 'deploy: unchanged');
      this.#witness.journal.look(name, shown);
      return true;
    } catch (error) {
      return failed(this.#witness, 'deploy again', name, error);
    }
  }

  #settle(what: string, change: Change, act: () => Promise<Shown | undefined>): Promise<boolean> {
    const { journal } = this.#witness;
    const sent: Sent<Shown | undefined> = {
      acknowledged: (shown) => {
        journal.acknowledged(change, shown);
      },
      refused: () => {
        journal.refused(change);
      },
    };
    return settle(this.#witness, { what, name: change.name, sent, act });
  }

  async #put(url: string, name: string, deployed: Deployed, key: string | undefined): Promise<Shown> {
    const { mark, code } = deployed;
    // All follows from the deploy, so that the same one comes in the same form again.
    const form = mark.endsWith('3') || code === 'shared-1' ? 'archive' : 'texts';
    const fileCount = code === mark ? Number(mark.slice(1)) % 30 : 3;
    const config = configOf(name, deployed, this.#webhookUrl);
    const files = filesOf(deployed, form, fileCount);
    return shownBy(await clientOf(url).deploy(name, config, files, { idempotencyKey: key }));
  }
}

async function show(url: string, name: string): Promise<Shown | undefined> {
  const shown = await ifThere(clientOf(url).show(name));
  return shown && shownBy(shown);
}

function shownBy({ env, version, code }: Pick<DeployReply, 'env' | 'version' | 'code'>): Shown {
  return { mark: env['MARK'] ?? '', version, sha256: code.sha256 };
}
