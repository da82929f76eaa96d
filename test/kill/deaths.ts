import { setTimeout as sleep } from 'node:timers/promises';
import type { Kill } from './kills.ts';
import type { ServerLife } from './server-life.ts';
import type { Witness } from './witness.ts';

/** Longer than any failpoint takes to be reached, and any start. */
const patienceMs = 90_000;

/** Waits until a server dies at its failpoint, or kills it from outside. */
export async function die(
  life: ServerLife,
  { phase, failAt, afterMs = 0 }: Kill,
  { dice, journal }: Witness,
): Promise<void> {
  if (phase === 'stop') {
    await sleep(dice.below(1000));
    void life.end('SIGTERM');
  }
  if (failAt === undefined) {
    await sleep(afterMs);
    await life.end('SIGKILL');
    return;
  }
  const given = new AbortController();
  const end = await Promise.race([
    life.ended,
    sleep(patienceMs, undefined, { signal: given.signal }).then(() => 'never'),
  ]);
  given.abort();
  if (end === 'SIGKILL') return;
  journal.faults.push(`${failAt} was not reached: the server ended with ${end}`);
  await life.end('SIGKILL');
}

/**
 * Carries kills out one after the other, and tells of each in one line.
 * @param killOne resolves with what the line says.
 */
export async function killInTurn(
  kills: readonly Kill[],
  onKill: (line: string) => void,
  killOne: (kill: Kill, index: number) => Promise<string>,
): Promise<void> {
  for (const [i, kill] of kills.entries()) {
    const startedAt = performance.now();
    const what = await killOne(kill, i);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    onKill(`${i + 1}/${kills.length} ${what} (${seconds} s)`);
  }
}
