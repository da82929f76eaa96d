import { setTimeout as sleep } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import type { Kill } from './kills.ts';
import type { ServerLife } from './server-life.ts';

/** Longer than any failpoint takes to be reached, and any start. */
const patienceMs = 90_000;

/** Waits until a server dies at its failpoint, or kills it from outside. */
export async function die(
  life: ServerLife,
  { phase, failAt, afterMs = 0 }: Kill,
  { dice, faults }: { readonly dice: Dice; readonly faults: string[] },
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
  faults.push(`${failAt} was not reached: the server ended with ${end}`);
  await life.end('SIGKILL');
}
