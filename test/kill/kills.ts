import { type Failpoint, failpointNames } from '../../src/failpoints.ts';
import { migrations } from '../../src/store/migrations/all.ts';

/** When in a server's life it is to die. */
export type Phase = 'first start' | 'start' | 'work' | 'stop';

export interface Kill {
  readonly phase: Phase;
  /** `name` or `name:count`; undefined for a kill from outside. */
  readonly failAt?: string;
  /** For a kill from outside: so long after the phase began. */
  readonly afterMs?: number;
}

/** Passed only where there is no database yet. */
const firstStartOnly: ReadonlySet<Failpoint> = new Set(['start.database_made', 'start.database_renamed']);

const longestMs = { 'first start': 600, start: 1200, work: 2500, stop: 400 } as const;

/** Every failpoint at least once, then kills at random moments, in an order that the seed decides. */
export function planKills(count: number, random: () => number): readonly Kill[] {
  const upTo = (most: number): number => 1 + Math.floor(random() * most);
  const planned: Kill[] = [];
  for (const name of failpointNames) {
    if (name === 'migration.step_done') {
      Object.keys(migrations).forEach((_step, i) => planned.push({ phase: 'first start', failAt: `${name}:${i + 1}` }));
    } else if (firstStartOnly.has(name)) planned.push({ phase: 'first start', failAt: name });
    else if (name.startsWith('start.')) planned.push({ phase: 'start', failAt: name });
    else if (name.startsWith('stop.')) planned.push({ phase: 'stop', failAt: name });
    else planned.push({ phase: 'work', failAt: `${name}:${upTo(6)}` });
  }
  while (planned.length < count) {
    const dice = random();
    const phase = dice < 0.1 ? 'first start' : dice < 0.2 ? 'start' : dice < 0.3 ? 'stop' : 'work';
    planned.push({ phase, afterMs: Math.floor(random() * longestMs[phase]) });
  }
  return shuffled(planned, random);
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
