import { Belongings } from './belongings.ts';
import type { Journal } from './journal.ts';
import { clientOf, ifThere, type Witness } from './witness.ts';

/** The one alias that functions have here. */
export const aliasName = 'live';

/** The aliases of functions. A value is the marks of the deploys that share the calls: `m3`, or `m3 m5`. */
export function aliasesOf(witness: Witness): Belongings {
  const { journal } = witness;
  return new Belongings(
    {
      what: 'alias',
      put: async (url, fn, value) => {
        const [version = 0, other] = value.split(' ').map((mark) => journal.versionOf(fn, mark));
        const target = other === undefined ? { version } : { version, other_version: other, other_percent: 50 };
        await clientOf(url).aliases.set(fn, aliasName, target);
      },
      remove: (url, fn) => clientOf(url).aliases.remove(fn, aliasName),
      show: async (url, fn) => {
        const alias = (await ifThere(clientOf(url).aliases.look(fn, aliasName)))?.document;
        if (alias === undefined) return undefined;
        const { version, other_version: other } = alias;
        return markOf(journal, fn, version) + (other === undefined ? '' : ` ${markOf(journal, fn, other)}`);
      },
    },
    witness,
  );
}

function markOf(journal: Journal, fn: string, version: number): string {
  return journal.markOf(fn, version) ?? `version ${version}`;
}
