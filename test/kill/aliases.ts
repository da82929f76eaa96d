import { ClientError } from '../../src/client/client-error.ts';
import { Belongings } from './belongings.ts';
import type { Journal } from './journal.ts';
import { clientOf, type Witness } from './witness.ts';

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
        try {
          const { document } = await clientOf(url).aliases.look(fn, aliasName);
          const { version, other_version: other } = document;
          return markOf(journal, fn, version) + (other === undefined ? '' : ` ${markOf(journal, fn, other)}`);
        } catch (error) {
          requireGone(error);
          return undefined;
        }
      },
    },
    witness,
  );
}

/** @throws what is not about something that is not there. */
export function requireGone(error: unknown): void {
  const gone = ['FUNCTION_NOT_FOUND', 'ALIAS_NOT_FOUND', 'SCHEDULE_NOT_FOUND'];
  if (!(error instanceof ClientError && gone.includes(error.code))) throw error;
}

function markOf(journal: Journal, fn: string, version: number): string {
  return journal.markOf(fn, version) ?? `version ${version}`;
}
