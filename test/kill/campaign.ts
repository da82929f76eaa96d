import { seededRandom } from '../e2e/load/seeded-random.ts';
import { containersOfInstance } from '../support/containers.ts';
import { die, killInTurn } from './deaths.ts';
import { Dice } from './dice.ts';
import { inspectPlace } from './inspect.ts';
import { inspectWork } from './inspect-work.ts';
import { Journal } from './journal.ts';
import { secretNames, signingSecret } from './keepers.ts';
import { judgeAll, type Knowledge, nothingKnown } from './knowledge.ts';
import { describeKill, type Kill } from './kills.ts';
import type { NewPlace, Place } from './places.ts';
import { Receiver } from './receiver.ts';
import { type Listening, ServerLife } from './server-life.ts';
import { Users } from './users.ts';
import { clientOf, codeOf, type Tally, type Witness } from './witness.ts';

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
  const journal = new Journal(names);
  const receiver = await Receiver.open(signingSecret.value, journal.faults);
  const campaign = new Campaign({ journal, seed, place, newPlace, receiver });
  await killInTurn(kills, onKill, async (kill) => {
    await campaign.kill(kill);
    return describeKill(kill);
  });
  await campaign.finish();
  await receiver.close();
  const { faults } = journal;
  if (faults.length === 0) await place.remove();
  else faults.push(`the data directory is kept: ${place.directory}`);
  return { kills: kills.length, tally: campaign.tally, faults };
}

interface CampaignParts {
  readonly journal: Journal;
  readonly seed: number;
  readonly place: Place;
  readonly newPlace: NewPlace;
  readonly receiver: Receiver;
}

class Campaign {
  readonly tally: Tally = new Map();
  readonly #journal: Journal;
  readonly #place: Place;
  readonly #newPlace: NewPlace;
  readonly #witness: Witness;
  readonly #receiver: Receiver;
  readonly #knowledge: Knowledge;
  readonly #users: Users;
  /** Containers that the last life left: the next one must not listen before they are gone. */
  #orphans: readonly string[] = [];
  #instanceId: string | undefined;

  constructor({ journal, seed, place, newPlace, receiver }: CampaignParts) {
    this.#place = place;
    this.#newPlace = newPlace;
    this.#journal = journal;
    this.#witness = { journal, tally: this.tally, dice: new Dice(seededRandom(seed)) };
    this.#receiver = receiver;
    this.#knowledge = nothingKnown(this.#witness, 0);
    const parts = { witness: this.#witness, knowledge: this.#knowledge, names: journal.names, secrets: secretNames };
    this.#users = new Users({ ...parts, webhookUrl: receiver.url });
  }

  async kill(kill: Kill): Promise<void> {
    switch (kill.phase) {
      case 'first start':
        await this.#killFirstStart(kill);
        return;
      case 'start':
        await die(this.#begin(this.#place, kill), kill, this.#witness);
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
    const journal = this.#journal;
    const life = this.#begin(this.#place);
    const listening = await this.#listens(life);
    if (listening === undefined) return;
    await this.#users.look(listening.url, { everyCall: true });
    await judgeAll(listening.url, { witness: this.#witness, knowledge: this.#knowledge, receiver: this.#receiver });
    const end = await life.end('SIGTERM');
    if (end !== 0) journal.faults.push(`the last server ended with ${end}`);
    await this.#knowledge.records.judge(this.#place);
    journal.faults.push(...(await inspectWork(this.#place)));
    const left = await containersOfInstance(listening.instanceId);
    if (left.length > 0) journal.faults.push(`an orderly end left ${left.length} containers`);
    journal.faults.push(...(await inspectPlace(this.#place, listening.instanceId)));
  }

  /** On a directory of its own, which has to serve at the next start. */
  async #killFirstStart(kill: Kill): Promise<void> {
    const place = await this.#newPlace();
    const first = this.#begin(place, kill);
    await Promise.all([die(first, kill, this.#witness), setSecret(first)]);
    const second = this.#begin(place);
    const listening = await second.listening;
    if (listening === undefined) {
      this.#journal.faults.push(`after ${describeKill(kill)} the next start failed; see ${place.directory}`);
      return;
    }
    const client = clientOf(listening.url);
    await client.health();
    // Sealed with the key that there is, or with a new one.
    await client.secrets.set('first', 'again');
    await second.end('SIGTERM');
    this.#journal.faults.push(...(await inspectPlace(place, listening.instanceId)));
    await place.remove();
  }

  async #killAtWork(kill: Kill): Promise<void> {
    const life = this.#begin(this.#place, kill);
    if (await diesEarly(life, kill)) return;
    const listening = await this.#listens(life);
    if (listening === undefined) return;
    const working = new AbortController();
    void life.ended.then(() => {
      working.abort();
    });
    await this.#users.look(listening.url, { everyCall: false });
    await Promise.all([this.#users.work(listening.url, working.signal), die(life, kill, this.#witness)]);
  }

  #begin({ flags }: Place, kill?: Kill): ServerLife {
    return new ServerLife({
      flags,
      failAt: kill?.failAt,
      onError: (line) => this.#journal.faults.push(`the server said ${line}`),
    });
  }

  async #listens(life: ServerLife): Promise<Listening | undefined> {
    const listening = await life.listening;
    if (listening === undefined) {
      this.#journal.faults.push(`a server that should listen ended with ${await life.ended}`);
      return undefined;
    }
    this.#instanceId = listening.instanceId;
    const now = new Set(await containersOfInstance(listening.instanceId));
    const left = this.#orphans.filter((id) => now.has(id));
    if (left.length > 0)
      this.#journal.faults.push(`a server listens while ${left.length} containers of the last are left`);
    return listening;
  }
}

/** Whether what earlier lives had left to do brought it to the place of its death before it listened. */
async function diesEarly(life: ServerLife, { failAt }: Kill): Promise<boolean> {
  return failAt !== undefined && (await life.listening) === undefined && (await life.ended) === 'SIGKILL';
}

/** The first secret of a place, for which a key is made; as far as the server lives. */
async function setSecret(life: ServerLife): Promise<void> {
  const listening = await life.listening;
  if (listening === undefined) return;
  try {
    await clientOf(listening.url).secrets.set('first', 'once');
  } catch (error) {
    if (codeOf(error) !== 'UNREACHABLE') throw error;
  }
}
