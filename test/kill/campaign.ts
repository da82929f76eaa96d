import { setTimeout as sleep } from 'node:timers/promises';
import { SraasClient } from '../../src/client/sraas-client.ts';
import { seededRandom } from '../e2e/load/seeded-random.ts';
import { docker } from '../support/containers.ts';
import { Dice } from './dice.ts';
import { inspectPlace } from './inspect.ts';
import { Journal } from './journal.ts';
import { describeKill, type Kill } from './kills.ts';
import type { NewPlace, Place } from './places.ts';
import { type Listening, ServerLife } from './server-life.ts';
import { Users } from './users.ts';
import type { Tally, Witness } from './witness.ts';

export interface CampaignOptions {
  readonly seed: number;
  readonly newPlace: NewPlace;
  readonly kills: readonly Kill[];
  /** How many functions there are to be used; 12 when left out. */
  readonly functionCount?: number;
  /** Told of each kill, in one line. */
  readonly onKill: (line: string) => void;
}

export interface Report {
  readonly kills: number;
  readonly tally: Tally;
  /** Sentences about broken promises. */
  readonly faults: readonly string[];
}

/** Longer than any failpoint takes to be reached, and any start. */
const patienceMs = 60_000;

/**
 * Kills a server again and again while clients use it, then compares what they were told with what there is. Everything that it
 * made is removed in the end, unless something was wrong with the data: then the folder stays, and a fault says where.
 */
export async function runCampaign({
  seed,
  newPlace,
  kills,
  functionCount = 12,
  onKill,
}: CampaignOptions): Promise<Report> {
  const place = await newPlace();
  const names = Array.from({ length: functionCount }, (_, i) => `killed-${i}`);
  const campaign = new Campaign(new Journal(names), seed, place, newPlace);
  for (const [i, kill] of kills.entries()) {
    const startedAt = performance.now();
    await campaign.kill(kill);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    onKill(`${i + 1}/${kills.length} ${describeKill(kill)} (${seconds} s)`);
  }
  await campaign.finish();
  const { faults } = campaign.journal;
  if (faults.length === 0) await place.remove();
  else faults.push(`the data directory is kept: ${place.directory}`);
  return { kills: kills.length, tally: campaign.tally, faults };
}

class Campaign {
  readonly tally: Tally = new Map();
  readonly journal: Journal;
  readonly #place: Place;
  readonly #newPlace: NewPlace;
  readonly #witness: Witness;
  readonly #users: Users;
  /** Containers that the last life left: the next one must not listen before they are gone. */
  #orphans: readonly string[] = [];
  #instanceId: string | undefined;

  constructor(journal: Journal, seed: number, place: Place, newPlace: NewPlace) {
    this.#place = place;
    this.#newPlace = newPlace;
    this.journal = journal;
    this.#witness = { journal, tally: this.tally, dice: new Dice(seededRandom(seed)) };
    this.#users = new Users(this.#witness);
  }

  async kill(kill: Kill): Promise<void> {
    switch (kill.phase) {
      case 'first start':
        await this.#killFirstStart(kill);
        return;
      case 'start':
        await this.#endOf(this.#begin(this.#place, kill), kill);
        break;
      case 'work':
      case 'stop':
        await this.#killAtWork(kill);
        break;
      default:
        kill.phase satisfies never;
    }
    if (this.#instanceId !== undefined) this.#orphans = await containersOfInstance(this.#instanceId);
  }

  /** A last life, without a kill: all must be as it was acknowledged, and the end must leave nothing. */
  async finish(): Promise<void> {
    const { journal } = this;
    const life = this.#begin(this.#place);
    const listening = await this.#listens(life);
    if (listening === undefined) return;
    await this.#users.look(listening.url, { everyCall: true });
    await this.#users.judge(listening.url);
    const end = await life.end('SIGTERM');
    if (end !== 0) journal.faults.push(`the last server ended with ${end}`);
    const left = await containersOfInstance(listening.instanceId);
    if (left.length > 0) journal.faults.push(`an orderly end left ${left.length} containers`);
    journal.faults.push(...(await inspectPlace(this.#place, listening.instanceId)));
  }

  /** On a directory of its own, which has to serve at the next start. */
  async #killFirstStart(kill: Kill): Promise<void> {
    const place = await this.#newPlace();
    await this.#endOf(this.#begin(place, kill), kill);
    const second = this.#begin(place);
    const listening = await second.listening;
    if (listening === undefined) {
      this.journal.faults.push(`after ${describeKill(kill)} the next start failed; see ${place.directory}`);
      return;
    }
    await new SraasClient({ url: listening.url }).health();
    await second.end('SIGTERM');
    this.journal.faults.push(...(await inspectPlace(place, listening.instanceId)));
    await place.remove();
  }

  async #killAtWork(kill: Kill): Promise<void> {
    const life = this.#begin(this.#place, kill);
    const listening = await this.#listens(life);
    if (listening === undefined) return;
    const working = new AbortController();
    void life.ended.then(() => {
      working.abort();
    });
    await this.#users.look(listening.url, { everyCall: false });
    await Promise.all([this.#users.work(listening.url, working.signal), this.#endOf(life, kill)]);
  }

  #begin({ flags }: Place, kill?: Kill): ServerLife {
    return new ServerLife({
      flags: [...flags, '--prepared-per-kind', '1', '--max-prepared', '2'],
      ...(kill?.failAt === undefined ? {} : { failAt: kill.failAt }),
      onError: (line) => this.journal.faults.push(`the server said ${line}`),
    });
  }

  async #listens(life: ServerLife): Promise<Listening | undefined> {
    const listening = await life.listening;
    if (listening === undefined) {
      this.journal.faults.push(`a server that should listen ended with ${await life.ended}`);
      return undefined;
    }
    this.#instanceId = listening.instanceId;
    const now = new Set(await containersOfInstance(listening.instanceId));
    const left = this.#orphans.filter((id) => now.has(id));
    if (left.length > 0)
      this.journal.faults.push(`a server listens while ${left.length} containers of the last are left`);
    return listening;
  }

  /** Waits for a failpoint, or kills from outside. */
  async #endOf(life: ServerLife, { phase, failAt, afterMs = 0 }: Kill): Promise<void> {
    const { faults } = this.journal;
    if (failAt === undefined) {
      if (phase === 'stop') {
        await sleep(this.#witness.dice.below(1000));
        void life.end('SIGTERM');
      }
      await sleep(afterMs);
      await life.end('SIGKILL');
      return;
    }
    if (phase === 'stop') {
      await sleep(this.#witness.dice.below(1000));
      void life.end('SIGTERM');
    }
    const given = new AbortController();
    const end = await Promise.race([
      life.ended,
      sleep(patienceMs, undefined, { signal: given.signal }).then(() => 'never'),
    ]);
    given.abort();
    if (end === 'SIGKILL') return;
    faults.push(`${failAt} was not reached: the server ended with ${end}`);
    await life.end('SIGKILL');
  }
}

async function containersOfInstance(instanceId: string): Promise<readonly string[]> {
  const found = await docker.listContainers({ all: true, filters: { label: [`sraas.instance=${instanceId}`] } });
  return found.map(({ Id }) => Id);
}
