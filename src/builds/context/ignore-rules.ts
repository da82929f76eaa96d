import { posix } from 'node:path';
import { SraasError } from '../../errors.ts';
import { Glob } from './glob.ts';

interface IgnoreRule {
  readonly glob: Glob;
  /** Whether what matches is left out, or, with a `!` in front, taken after all. */
  readonly leavesOut: boolean;
}

/** Steps of matching for one context: about a second of work at the very most, and far more than any real file takes. */
const maxSteps = 10_000_000;

/** What a `.dockerignore` file leaves out of a build context. Source: moby/patternmatcher. */
export class IgnoreRules {
  readonly #rules: readonly IgnoreRule[];
  #steps = 0;

  constructor(text: string) {
    this.#rules = text.split(/\r?\n/).flatMap(ruleOf);
  }

  /**
   * The last rule that matches decides; one that matches a folder matches all in it.
   * @throws SraasError `INVALID_ARTIFACT` when the rules take too long.
   */
  leavesOut(path: string): boolean {
    const spend = (steps: number): void => {
      this.#steps += steps;
      if (this.#steps > maxSteps) {
        throw new SraasError(
          'INVALID_ARTIFACT',
          'The patterns in .dockerignore take too long to match; write fewer wildcards.',
        );
      }
    };
    return this.#rules.findLast(({ glob }) => glob.matches(path, spend))?.leavesOut ?? false;
  }
}

function ruleOf(line: string): readonly IgnoreRule[] {
  const text = line.trim();
  if (text === '' || line.startsWith('#')) return [];
  const leavesOut = !text.startsWith('!');
  const path = posix.normalize(leavesOut ? text : text.slice(1).trim()).replace(/^\/+|\/+$/g, '');
  return path === '' || path === '.' ? [] : [{ glob: new Glob(path), leavesOut }];
}
