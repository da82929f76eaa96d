import { setTimeout as sleep } from 'node:timers/promises';
import { containersOfInstance } from '../support/containers.ts';
import { die } from './deaths.ts';
import type { Kill } from './kills.ts';
import type { Place } from './places.ts';
import { type Listening, ServerLife } from './server-life.ts';
import type { Users } from './users.ts';
import { count, type Witness } from './witness.ts';

interface SideParts {
  readonly name: string;
  readonly place: Place;
  readonly users: Users;
  readonly witness: Witness;
}

/** A server takes over and clears away within some ten seconds of the moment at which the other counts as dead. */
const patienceMs = 45_000;

/** One of two servers on a database, through all its lives, and its users. */
export class Side {
  readonly name: string;
  readonly #parts: SideParts;
  #life: ServerLife | undefined;
  #listening: Listening | undefined;
  #working: Promise<void> = Promise.resolve();
  #stopWork = new AbortController();

  constructor(parts: SideParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  get listening(): Listening {
    if (this.#listening === undefined) throw new Error(`${this.name} has never listened`);
    return this.#listening;
  }

  /** Starts it, and its users; resolves when they have looked at all that is theirs. With a kill for its start, when it has died. */
  async begin(kill?: Kill): Promise<void> {
    const { place, users, witness } = this.#parts;
    const { faults } = witness.journal;
    const life = new ServerLife({
      flags: place.flags,
      failAt: kill?.failAt,
      onError: (line) => faults.push(`${this.name} said ${line}`),
    });
    this.#life = life;
    if (kill?.phase === 'start') {
      await die(life, kill, witness);
      return;
    }
    const listening = await life.listening;
    if (listening === undefined) {
      throw new Error(`${this.name} should listen, and ended with ${await life.ended}: ${faults.join('; ')}`);
    }
    this.#listening = listening;
    await users.look(listening.url, { everyCall: false });
    this.#stopWork = new AbortController();
    this.#working = users.work(listening.url, this.#stopWork.signal);
  }

  /** Dies as a kill says, under the load of its users, whose work has ended then. */
  async die(kill: Kill): Promise<void> {
    if (this.#life === undefined) throw new Error(`${this.name} has not begun`);
    await die(this.#life, kill, this.#parts.witness);
    this.#stopWork.abort();
    await this.#working;
  }

  /**
   * Has it count as dead at once, instead of in a minute, and waits until the other has its work and has cleared away what it
   * left on the engine.
   */
  async isMourned(): Promise<void> {
    const { place, witness } = this.#parts;
    const { instanceId } = this.listening;
    const past = `'2000-01-01T00:00:00.000Z'`;
    const held = async (): Promise<number> =>
      (await place.query(`select 1 as one from work where leased_by = '${instanceId}'`)).length;
    count(witness, 'work that the other took over', await held());
    await place.query(`update work set lease_until = ${past} where leased_by = '${instanceId}'`);
    await place.query(`update servers set seen_at = ${past} where instance_id = '${instanceId}'`);
    const deadline = AbortSignal.timeout(patienceMs);
    for (;;) {
      const [left, work] = [await containersOfInstance(instanceId), await held()];
      if (left.length === 0 && work === 0) return;
      if (deadline.aborted) {
        const what = `${left.length} containers and ${work} pieces of work`;
        witness.journal.faults.push(`${this.name} was dead for long, and had ${what}`);
        return;
      }
      await sleep(200);
    }
  }

  /** Its users stop, and it goes on. */
  async rest(): Promise<void> {
    this.#stopWork.abort();
    await this.#working;
  }

  /** An orderly end. */
  async end(): Promise<void> {
    const { faults } = this.#parts.witness.journal;
    const end = await this.#life?.end('SIGTERM');
    if (end !== 0) faults.push(`${this.name} ended with ${String(end)}`);
    const left = await containersOfInstance(this.listening.instanceId);
    if (left.length > 0) faults.push(`an orderly end of ${this.name} left ${left.length} containers`);
  }
}
