import { type Failpoint, failpointNames } from '../../src/failpoints.ts';
import { migrations } from '../../src/store/migrations/all.ts';
import type { StoreKind } from '../support/store-kind.ts';

/** When in a server's life it is to die. */
export type Phase = 'first start' | 'start' | 'work' | 'stop';

export interface Kill {
  readonly phase: Phase;
  /** `name` or `name:count`; undefined for a kill from outside. */
  readonly failAt?: string;
  /** For a kill from outside: so long after the phase began. */
  readonly afterMs?: number;
}

/** Passed only where there is nothing yet. */
const firstStartOnly: ReadonlySet<Failpoint> = new Set([
  'start.database_made',
  'start.database_renamed',
  'start.instance_id_written',
  'secret.key_written',
  'secret.key_made',
]);

/** Passed with one kind of database alone. */
const storeOf: Partial<Record<Failpoint, StoreKind>> = {
  'start.locked': 'sqlite',
  'start.database_made': 'sqlite',
  'start.database_renamed': 'sqlite',
  'start.migrated': 'sqlite',
  'start.schema_ready': 'postgres',
  'start.instance_id_written': 'postgres',
};

const longestMs = { 'first start': 600, start: 1200, work: 2500, stop: 400 } as const;

/** Those of a server that has been started before. */
export function withoutFirstStarts(kills: readonly Kill[]): readonly Kill[] {
  return kills.filter(({ phase }) => phase !== 'first start');
}

/** Every failpoint at least once, then kills at random moments, in an order that the seed decides. */
export function planKills(count: number, store: StoreKind, random: () => number): readonly Kill[] {
  const planned: Kill[] = failpointNames
    .filter((name) => (storeOf[name] ?? store) === store)
    .flatMap((name) => killsAt(name, 1 + Math.floor(random() * 6)));
  while (planned.length < count) {
    const dice = random();
    const phase = dice < 0.1 ? 'first start' : dice < 0.2 ? 'start' : dice < 0.3 ? 'stop' : 'work';
    planned.push({ phase, afterMs: Math.floor(random() * longestMs[phase]) });
  }
  return shuffled(planned, random);
}

function killsAt(name: Failpoint, passage: number): readonly Kill[] {
  if (name === 'migration.step_done') {
    return Object.keys(migrations).map((_step, i) => ({ phase: 'first start', failAt: `${name}:${i + 1}` }));
  }
  if (firstStartOnly.has(name)) return [{ phase: 'first start', failAt: name }];
  if (name.startsWith('start.')) return [{ phase: 'start', failAt: name }];
  if (name.startsWith('stop.')) return [{ phase: 'stop', failAt: name }];
  return [{ phase: 'work', failAt: `${name}:${passage}` }];
}

export function describeKill({ phase, failAt, afterMs }: Kill): string {
  return failAt ?? `${afterMs ?? 0} ms into its ${phase}`;
}

function shuffled<T>(items: readonly T[], random: () => number): readonly T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
