import { describe, expect, it } from 'vitest';
import { Turnstile } from '../../../src/sandboxes/turnstile.ts';
import { turn } from './scripted-pool.ts';

/** Pieces of work that say when they begin, and end when the test says. */
function works(turnstile: Turnstile, names: readonly string[]) {
  const begun: string[] = [];
  const ends = new Map<string, (error?: Error) => void>();
  const results = names.map((name) =>
    turnstile.pass(
      () =>
        new Promise<string>((resolve, reject) => {
          begun.push(name);
          ends.set(name, (error) => {
            if (error === undefined) resolve(name);
            else reject(error);
          });
        }),
    ),
  );
  const end = async (name: string, error?: Error): Promise<void> => {
    ends.get(name)?.(error);
    await turn();
  };
  return { begun, end, results };
}

describe('a turnstile', () => {
  it('lets as many go on at a time as it is wide, in the order in which they came', async () => {
    const { begun, end, results } = works(new Turnstile(2), ['a', 'b', 'c', 'd']);
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    await end('a');
    await end('c');
    await end('d');
    expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('lets the next on when one fails, which fails as it failed', async () => {
    const { begun, end, results } = works(new Turnstile(1), ['a', 'b']);
    const failed = expect(results[0]).rejects.toThrow('no');
    await end('a', new Error('no'));
    await failed;
    expect(begun).toEqual(['a', 'b']);
    await end('b');
    expect(await results[1]).toBe('b');
  });

  it('is as wide as before when all have gone', async () => {
    const turnstile = new Turnstile(1);
    const first = works(turnstile, ['a', 'b']);
    await first.end('a');
    await first.end('b');
    const second = works(turnstile, ['c', 'd']);
    expect(second.begun).toEqual(['c']);
    await second.end('c');
    await second.end('d');
    expect(await Promise.all([...first.results, ...second.results])).toEqual(['a', 'b', 'c', 'd']);
  });
});
