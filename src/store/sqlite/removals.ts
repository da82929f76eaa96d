import type { StoreRecords } from '../store.ts';
import type { Reserve } from './reserve.ts';

/** The calls by which a store gets smaller, or that lead to it. */
const removals = {
  functions: ['remove', 'removeVersion'],
  aliases: ['remove'],
  runtimes: ['remove'],
  history: ['prune'],
  idempotency: ['prune'],
  schedules: ['remove'],
  secrets: ['remove'],
  work: ['cancel', 'cancelWaiting'],
  deadLetters: ['removeDead', 'purgeDead'],
} as const satisfies { readonly [Name in keyof StoreRecords]?: readonly (keyof StoreRecords[Name])[] };

/** Records whose removals work on a full disk too, by the space of a reserve. */
export function withReserve(records: StoreRecords, reserve: Reserve): StoreRecords {
  const guarded = Object.entries(removals).map(
    ([name, calls]) => [name, spending(records[name as keyof typeof removals], calls, reserve)] as const,
  );
  return { ...records, ...Object.fromEntries(guarded) };
}

function spending<Records extends object>(records: Records, calls: readonly string[], reserve: Reserve): Records {
  return new Proxy(records, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      // Bound to the records themselves, which have private parts.
      const call = (...parameters: unknown[]): unknown => Reflect.apply(member, target, parameters);
      if (!calls.includes(String(name))) return call;
      return (...parameters: unknown[]) => reserve.spendOn(() => Promise.resolve(call(...parameters)));
    },
  });
}
