import { setTimeout as sleep } from 'node:timers/promises';
import { Belongings } from './belongings.ts';
import { clientOf, count, ifThere, type Witness } from './witness.ts';

/** The one schedule that functions have here. */
const scheduleName = 'tick';

/** So often a schedule's time comes. */
export const periodMs = 4000;

/** Longer than a period, a start and the wait for a sandbox. */
const patienceMs = 30_000;

/** The schedules of functions. A value is the nonce of what each run gets. */
export function timetablesOf(witness: Witness): Belongings {
  return new Belongings(
    {
      what: 'schedule',
      put: async (url, fn, nonce) => {
        const cron = `*/${periodMs / 1000} * * * * *`;
        await clientOf(url).schedules.set(fn, scheduleName, { cron, overlap: 'allow', event: { nonce } });
      },
      remove: (url, fn) => clientOf(url).schedules.remove(fn, scheduleName),
      show: async (url, fn) => {
        const schedule = await ifThere(clientOf(url).schedules.show(fn, scheduleName));
        return (schedule?.event as { readonly nonce: string } | undefined)?.nonce;
      },
    },
    witness,
  );
}

/** Waits until all schedules that there are have run at a server that has just started. */
export async function awaitRuns(url: string, timetables: Belongings, witness: Witness): Promise<void> {
  const { journal } = witness;
  const since = new Date().toISOString();
  const deadline = AbortSignal.timeout(patienceMs);
  let waiting = journal.names.filter((fn) => timetables.of(fn).standing !== undefined);
  count(witness, 'schedules that stand in the end', waiting.length);
  while (waiting.length > 0 && !deadline.aborted) {
    await sleep(200);
    const late: string[] = [];
    for (const fn of waiting) {
      const { last_at: lastAt } = await clientOf(url).schedules.show(fn, scheduleName);
      if ((lastAt ?? '') < since) late.push(fn);
    }
    waiting = late;
  }
  for (const fn of waiting) journal.faults.push(`${fn}: its schedule was not run in ${patienceMs / 1000} s`);
}
