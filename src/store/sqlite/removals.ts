import type { StoreRecords } from '../store.ts';
import type { Reserve } from './reserve.ts';

/**
 * Has the calls by which a store gets smaller, or that lead to it, work on a full disk too, by the space of a reserve.
 *
 * @param records new ones, that nobody else has: these calls of theirs are replaced.
 */
export function withReserve(records: StoreRecords, reserve: Pick<Reserve, 'spendOn'>): StoreRecords {
  const spending =
    <Given extends unknown[], Result>(removal: (...given: Given) => Promise<Result>) =>
    (...given: Given): Promise<Result> =>
      reserve.spendOn(() => removal(...given));
  const { functions, aliases, runtimes, images, history, idempotency, schedules, secrets, work, deadLetters } = records;
  functions.remove = spending(functions.remove.bind(functions));
  functions.removeVersion = spending(functions.removeVersion.bind(functions));
  aliases.remove = spending(aliases.remove.bind(aliases));
  runtimes.remove = spending(runtimes.remove.bind(runtimes));
  images.collect = spending(images.collect.bind(images));
  history.prune = spending(history.prune.bind(history));
  idempotency.prune = spending(idempotency.prune.bind(idempotency));
  schedules.remove = spending(schedules.remove.bind(schedules));
  secrets.remove = spending(secrets.remove.bind(secrets));
  work.cancel = spending(work.cancel.bind(work));
  work.cancelWaiting = spending(work.cancelWaiting.bind(work));
  deadLetters.removeDead = spending(deadLetters.removeDead.bind(deadLetters));
  deadLetters.purgeDead = spending(deadLetters.purgeDead.bind(deadLetters));
  return records;
}
