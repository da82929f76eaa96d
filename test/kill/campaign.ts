import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SraasClient } from '../../src/client/sraas-client.ts';
import { seededRandom } from '../e2e/load/seeded-random.ts';
import { docker } from '../support/containers.ts';
import { Clients, type Tally } from './clients.ts';
import { inspectDirectory } from './directory.ts';
import { Journal } from './journal.ts';
import { describeKill, type Kill } from './kills.ts';
import { lookAtAll } from './look.ts';
import { type Listening, ServerLife } from './server-life.ts';

export interface CampaignOptions {
  readonly seed: number;
  readonly kills: readonly Kill[];
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
const functionCount = 12;

/**
 * Kills a server again and again while clients use it, then compares what they were told with what there is. Everything that it
 * made is removed in the end, unless something was wrong with the data: then the folder stays, and a fault says where.
 */
export async function runCampaign({ seed, kills, onKill }: CampaignOptions): Promise<Report> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-kill-'));
  const campaign = new Campaign(seed, directory);
  for (const [i, kill] of kills.entries()) {
    const startedAt = performance.now();
    await campaign.kill(kill);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    onKill(`${i + 1}/${kills.length} ${describeKill(kill)} (${seconds} s)`);
  }
  await campaign.finish();
  const { faults } = campaign.journal;
  if (faults.length === 0) await rm(directory, { recursive: true, force: true });
  else faults.push(`the data directory is kept: ${directory}`);
  return { kills: kills.length, tally: campaign.tally, faults };
}

class Campaign {
  readonly tally: Tally = new Map();
  readonly journal = new Journal(Array.from({ length: functionCount }, (_, i) => `killed-${i}`));
  readonly #directory: string;
  readonly #random: () => number;
  readonly #clients: Clients;
  /** Containers that the last life left: the next one must not listen before they are gone. */
  #orphans: readonly string[] = [];
  #instanceId: string | undefined;

  constructor(seed: number, directory: string) {
    this.#directory = directory;
    this.#random = seededRandom(seed);
    const { journal, tally } = this;
    this.#clients = new Clients({ journal, tally, random: this.#random, writers: 3, callers: 3 });
  }

  async kill(kill: Kill): Promise<void> {
    switch (kill.phase) {
      case 'first start':
        await this.#killFirstStart(kill);
        return;
      case 'start':
        await this.#endOf(this.#begin(this.#directory, kill), kill);
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
    const { journal, tally } = this;
    const life = this.#begin(this.#directory);
    const listening = await this.#listens(life);
    if (listening === undefined) return;
    const client = new SraasClient({ url: listening.url });
    await lookAtAll(client, { journal, clients: this.#clients, everyCall: true });
    tally.set('calls judged', (tally.get('calls judged') ?? 0) + journal.judgeCalls());
    const end = await life.end('SIGTERM');
    if (end !== 0) journal.faults.push(`the last server ended with ${end}`);
    const left = await containersOfInstance(listening.instanceId);
    if (left.length > 0) journal.faults.push(`an orderly end left ${left.length} containers`);
    journal.faults.push(...(await inspectDirectory(this.#directory, listening.instanceId)));
  }

  /** On a directory of its own, which has to serve at the next start. */
  async #killFirstStart(kill: Kill): Promise<void> {
    const directory = await mkdtemp(join(tmpdir(), 'sraas-kill-first-'));
    await this.#endOf(this.#begin(directory, kill), kill);
    const second = this.#begin(directory);
    const listening = await second.listening;
    if (listening === undefined) {
      this.journal.faults.push(`after ${describeKill(kill)} the next start failed; see ${directory}`);
      return;
    }
    await new SraasClient({ url: listening.url }).health();
    await second.end('SIGTERM');
    this.journal.faults.push(...(await inspectDirectory(directory, listening.instanceId)));
    await rm(directory, { recursive: true, force: true });
  }

  async #killAtWork(kill: Kill): Promise<void> {
    const { journal } = this;
    const life = this.#begin(this.#directory, kill);
    const listening = await this.#listens(life);
    if (listening === undefined) return;
    const client = new SraasClient({ url: listening.url });
    const working = new AbortController();
    void life.ended.then(() => {
      working.abort();
    });
    await lookAtAll(client, { journal, clients: this.#clients, everyCall: false });
    const work = this.#clients.work(listening.url, working.signal);
    const ended = this.#endOf(life, kill);
    await Promise.all([work, ended]);
  }

  #begin(directory: string, kill?: Kill): ServerLife {
    return new ServerLife({
      flags: ['--data-dir', directory, '--prepared-per-kind', '1', '--max-prepared', '2'],
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
        await sleep(this.#random() * 1000);
        void life.end('SIGTERM');
      }
      await sleep(afterMs);
      await life.end('SIGKILL');
      return;
    }
    if (phase === 'stop') {
      await sleep(this.#random() * 1000);
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
