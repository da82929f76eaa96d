import type { Belongings } from './belongings.ts';
import type { Echo } from './code.ts';
import type { Keepers } from './keepers.ts';
import type { Journal } from './journal.ts';

/** What a caller asked for, and between which moments of the journal it was answered. */
export interface Asked {
  readonly name: string;
  /** Whether the function's alias was meant, instead of its newest version. */
  readonly byAlias: boolean;
  readonly nonce: string;
  readonly from: number;
  readonly to: number;
}

interface SightsParts {
  readonly journal: Journal;
  /** So long another server may not have heard yet of a secret that was set; 0 when there is no other. */
  readonly hearingMs: number;
  readonly keepers: Keepers;
  readonly aliases: Belongings;
}

/** What callers learn of functions, aliases and secrets by being answered. */
export class Sights {
  readonly #parts: SightsParts;

  constructor(parts: SightsParts) {
    this.#parts = parts;
  }

  /** There was no such function, or no such alias of it. */
  nothing({ name, byAlias, nonce, from, to }: Asked): void {
    const { journal, aliases } = this.#parts;
    if (byAlias) {
      aliases.of(name).saw({ who: `call ${nonce}`, from, to, isIt: (value) => value === undefined, shown: 'nothing' });
    } else journal.called({ name, nonce, from, to, mark: undefined, code: undefined, version: undefined });
  }

  /**
   * A handler answered.
   * @param ranUntil of those that run later: until when the handler may have run, which may be after it was pinned to a version.
   */
  reply({ name, byAlias, nonce, from, to }: Asked, { mark, code, secret }: Echo, version: number, ranUntil = to): void {
    const { journal, hearingMs, aliases, keepers } = this.#parts;
    keepers.saw(name, secret, `call ${nonce}`, journal.before(from, hearingMs), ranUntil);
    if (!byAlias) {
      journal.called({ name, nonce, from, to, mark, code, version });
      return;
    }
    const isIt = (value: string | undefined): boolean => value?.split(' ').includes(mark) === true;
    aliases.of(name).saw({ who: `call ${nonce}`, from, to, isIt, shown: mark });
    if (journal.codeOf(name, mark) !== code) {
      journal.faults.push(`${name}: call ${nonce} met code ${code} with the configuration of ${mark}`);
    }
  }
}
