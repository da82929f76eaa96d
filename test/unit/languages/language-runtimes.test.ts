import { describe, expect, it } from 'vitest';
import { LanguageRuntimes } from '../../../src/languages/language-runtimes.ts';
import { LanguageTable } from '../../../src/languages/language-table.ts';
import type { Language } from '../../../src/languages/language.ts';

const { signal } = new AbortController();

function language(name: string, image: string): Language {
  const rest = { aliases: [], fileName: 'f', command: ['x'], isCopied: false, example: '', highlighting: name };
  return { name, image, runtime: name, ...rest };
}

/** A table whose runtimes come about when a test lets them. */
function workshop(...languages: readonly Language[]) {
  const table = new LanguageTable(languages);
  const there = new Set<string>();
  const lost = new Set<string>();
  const told: string[] = [];
  let now = 0;
  const runtimes = new LanguageRuntimes({
    languages: table,
    isThere: (name) => there.has(name),
    make: ({ name }) => {
      told.push(`making ${name}`);
      if (lost.has(name)) return Promise.reject(new Error('no such image'));
      there.add(name);
      return Promise.resolve();
    },
    onMade: ({ name }) => told.push(`made ${name}`),
    onFailure: ({ name }, error) => told.push(`${name}: ${String(error)}`),
    clock: () => new Date(now),
  });
  return {
    table,
    there,
    lost,
    told,
    runtimes,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('the runtimes of languages with an image', () => {
  it('are made one after the other, and those that are there already are left alone', async () => {
    const { runtimes, told, there } = workshop(language('a', 'a:1'), language('b', 'b:1'), language('c', 'c:1'));
    there.add('b');
    await runtimes.makeMissing(signal);
    await runtimes.makeMissing(signal);
    expect(told).toStrictEqual(['making a', 'made a', 'making c', 'made c']);
  });

  it('are tried again after a while when they could not be made, or at once of another image', async () => {
    const { runtimes, told, lost, pass, table } = workshop(language('a', 'a:1'), language('b', 'b:1'));
    lost.add('a');
    await runtimes.makeMissing(signal);
    pass(599_000);
    await runtimes.makeMissing(signal);
    expect(told.splice(0)).toStrictEqual(['making a', 'a: Error: no such image', 'making b', 'made b']);
    pass(1000);
    await runtimes.makeMissing(signal);
    expect(told.splice(0)).toStrictEqual(['making a', 'a: Error: no such image']);
    lost.clear();
    table.replace([language('a', 'a:2')], []);
    await runtimes.makeMissing(signal);
    expect(told).toStrictEqual(['making a', 'made a']);
  });

  it('are not made by a server that stops', async () => {
    const { runtimes, told } = workshop(language('a', 'a:1'));
    await runtimes.makeMissing(AbortSignal.abort());
    expect(told).toStrictEqual([]);
  });
});
