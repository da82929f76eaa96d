type Token =
  | { readonly kind: 'character'; readonly matches: (character: string) => boolean }
  /** `*`: any row of characters within one name. */
  | { readonly kind: 'star' }
  /** `**`: any row of characters. */
  | { readonly kind: 'anything' }
  /** `**` and a slash: nothing, or any folders with the slash behind them. */
  | { readonly kind: 'folders' };

/**
 * A pattern of file names with `*`, `?`, `[a-z]` and `**`. It is never made into a regular expression, as a pattern of a user could
 * take for ever: all ways to match are gone at once, so the time is at most the pattern's length times the path's.
 */
export class Glob {
  readonly #tokens: readonly Token[];

  constructor(pattern: string) {
    this.#tokens = tokens(Array.from(pattern));
  }

  /** Whether it matches a path, or a folder that the path is in. @param spend is told of each step of the work. */
  matches(path: string, spend: (steps: number) => void): boolean {
    let states = new Set<number>();
    this.#arrive(0, states);
    for (const character of path) {
      if (character === '/' && states.has(this.#tokens.length)) return true;
      spend(states.size + 1);
      const next = new Set<number>();
      for (const state of states) this.#step(state, character, next);
      states = next;
      if (states.size === 0) return false;
    }
    return states.has(this.#tokens.length);
  }

  #step(state: number, character: string, next: Set<number>): void {
    const token = this.#tokens[state];
    switch (token?.kind) {
      case undefined:
        return;
      case 'character':
        if (token.matches(character)) this.#arrive(state + 1, next);
        return;
      case 'star':
        if (character !== '/') this.#arrive(state, next);
        return;
      case 'anything':
        this.#arrive(state, next);
        return;
      case 'folders':
        next.add(state);
        if (character === '/') this.#arrive(state + 1, next);
        return;
      default:
        token satisfies never;
    }
  }

  /** What may match nothing is passed by at once. */
  #arrive(state: number, states: Set<number>): void {
    let reached = state;
    states.add(reached);
    for (let token = this.#tokens[reached]; token !== undefined && token.kind !== 'character';) {
      reached += 1;
      states.add(reached);
      token = this.#tokens[reached];
    }
  }
}

function tokens(pattern: readonly string[]): readonly Token[] {
  const found: Token[] = [];
  for (let index = 0; index < pattern.length; index += 1) {
    const character = pattern[index] ?? '';
    if (character === '*' && pattern[index + 1] === '*') {
      while (pattern[index + 1] === '*') index += 1;
      const isFolders = pattern[index + 1] === '/';
      if (isFolders) index += 1;
      found.push({ kind: isFolders ? 'folders' : 'anything' });
    } else if (character === '*') {
      found.push({ kind: 'star' });
    } else if (character === '?') {
      found.push({ kind: 'character', matches: (other) => other !== '/' });
    } else if (character === '[') {
      const end = pattern.indexOf(']', index + 2);
      const inside = end === -1 ? [] : pattern.slice(index + 1, end);
      found.push({ kind: 'character', matches: inside.length === 0 ? exactly('[') : oneOf(inside) });
      if (inside.length > 0) index = end;
    } else {
      if (character === '\\' && index + 1 < pattern.length) index += 1;
      found.push({ kind: 'character', matches: exactly(pattern[index] ?? '') });
    }
  }
  return found;
}

function exactly(character: string): (other: string) => boolean {
  return (other) => other === character;
}

function oneOf(inside: readonly string[]): (other: string) => boolean {
  const isNegated = inside[0] === '^';
  const set = isNegated ? inside.slice(1) : inside;
  const ranges = set.flatMap((character, index): [string, string][] => {
    if (character === '-' && index > 0 && index < set.length - 1) return [];
    const isRange = set[index + 1] === '-' && index + 2 < set.length;
    return [[character, isRange ? (set[index + 2] ?? character) : character]];
  });
  return (other) => other !== '/' && ranges.some(([from, to]) => from <= other && other <= to) !== isNegated;
}
