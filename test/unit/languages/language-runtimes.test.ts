import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { LanguageRuntimes, type Standing } from '../../../src/languages/language-runtimes.ts';
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
  const there = new Map<string, Standing>();
  const lost = new Set<string>();
  const told: string[] = [];
  let now = 0;
  let waitMs = 60_000;
  let making = Promise.resolve();
  const runtimes = new LanguageRuntimes({
    languages: table,
    standing: (name) => there.get(name) ?? { state: 'missing' },
    make: async ({ name, image, origin }) => {
      told.push(`making ${name}`);
      await making;
      if (lost.has(image)) throw new SraasError('RUNTIME_NOT_READY', `There is no ${image}.`);
      there.set(name, { state: 'made', origin });
    },
    fetch: (image) => {
      told.push(`fetching ${image}`);
      return Promise.resolve(!lost.has(image));
    },
    onFailure: ({ name }, error) => told.push(`${name}: ${String(error)}`),
    onNotFetched: (images) => told.push(`not fetched: ${images.join(', ')}`),
    clock: () => new Date(now),
    get waitMs() {
      return waitMs;
    },
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
    haveNoPatience: () => {
      waitMs = 1;
    },
    /** Lets nothing be made before what is returned is called. */
    halt: () => {
      let resolve: () => void = () => undefined;
      making = new Promise((settle) => {
        resolve = settle;
      });
      return resolve;
    },
  };
}

describe('the runtimes of languages with an image', () => {
  it('are made one after the other, and those that others made, or are making, are left alone', async () => {
    const all = ['a', 'b', 'c', 'd'].map((name) => language(name, `${name}:1`));
    const { runtimes, told, there } = workshop(...all);
    there.set('b', { state: 'others' });
    there.set('d', { state: 'building' });
    await runtimes.makeMissing(signal);
    await runtimes.makeMissing(signal);
    expect(told).toStrictEqual(['making a', 'making c']);
  });

  it('are made anew when their language has another image, or is run in another way', async () => {
    const { runtimes, told, table } = workshop(language('a', 'a:1'));
    await runtimes.makeMissing(signal);
    table.replace([language('a', 'a:2')], []);
    await runtimes.makeMissing(signal);
    table.replace([{ ...language('a', 'a:2'), command: [] }], []);
    await runtimes.makeMissing(signal);
    await runtimes.makeMissing(signal);
    expect(told).toStrictEqual(['making a', 'making a', 'making a']);
  });

  it('are tried again after a while when they could not be made, or at once of another image', async () => {
    const { runtimes, told, lost, pass, table } = workshop(language('a', 'a:1'), language('b', 'b:1'));
    lost.add('a:1');
    await runtimes.makeMissing(signal);
    pass(599_000);
    await runtimes.makeMissing(signal);
    expect(told.splice(0)).toStrictEqual(['making a', 'a: SraasError: There is no a:1.', 'making b']);
    pass(1000);
    await runtimes.makeMissing(signal);
    // Why is not told again while it is the same.
    expect(told.splice(0)).toStrictEqual(['making a']);
    table.replace([language('a', 'a:2')], []);
    await runtimes.makeMissing(signal);
    expect(told).toStrictEqual(['making a']);
  });

  it('are not made by a server that stops', async () => {
    const { runtimes, told } = workshop(language('a', 'a:1'));
    await runtimes.makeMissing(AbortSignal.abort());
    await runtimes.refresh(AbortSignal.abort());
    expect(told).toStrictEqual([]);
  });
});

describe('a runtime that a program needs', () => {
  it('R23: is made on first use, once for all who wait for it, and not when it is there', async () => {
    const { runtimes, told, halt } = workshop(language('a', 'a:1'), language('b', 'b:1'));
    const goOn = halt();
    const needed = Promise.all([runtimes.need('a', signal), runtimes.need('a', signal), runtimes.makeMissing(signal)]);
    goOn();
    await needed;
    await runtimes.need('a', signal);
    await runtimes.need('none of them', signal);
    expect(told.toSorted()).toStrictEqual(['making a', 'making b']);
  });

  it('says why it cannot be made, each time that it is tried', async () => {
    const { runtimes, told, lost } = workshop(language('a', 'a:1'));
    lost.add('a:1');
    for (const time of [1, 2]) {
      await expect(runtimes.need('a', signal), String(time)).rejects.toMatchObject({
        code: 'RUNTIME_NOT_READY',
        message: 'The runtime a, which a runs on, could not be made of the image a:1. There is no a:1.',
      });
    }
    expect(told).toStrictEqual(['making a', 'making a']);
  });

  it('goes on being made when that takes too long to wait for', async () => {
    const { runtimes, there, halt, haveNoPatience } = workshop(language('a', 'a:1'));
    haveNoPatience();
    const goOn = halt();
    await expect(runtimes.need('a', signal)).rejects.toMatchObject({
      code: 'RUNTIME_NOT_READY',
      message: expect.stringContaining('is being made of the image a:1') as string,
      retryAfterSeconds: 10,
    });
    const left = new SraasError('INVOCATION_CANCELLED', 'Nobody waits.');
    await expect(runtimes.need('a', AbortSignal.abort(left))).rejects.toBe(left);
    goOn();
    await runtimes.makeMissing(signal);
    expect(there.get('a')).toMatchObject({ state: 'made' });
  });
});

describe('images of languages at their set time', () => {
  it('R23: are asked for again, and those that are not to be had stay as they are', async () => {
    const all = ['a', 'b', 'c'].map((name) => language(name, `${name}:1`));
    const { runtimes, told, there, lost } = workshop(...all);
    there.set('c', { state: 'others' });
    await runtimes.makeMissing(signal);
    told.length = 0;
    lost.add('b:1');
    const before = there.get('b');
    await runtimes.refresh(signal);
    expect(told).toStrictEqual([
      ...['fetching a:1', 'making a', 'fetching b:1', 'making b', 'b: SraasError: There is no b:1.'],
      'not fetched: b:1',
    ]);
    expect(there.get('b')).toBe(before);
  });
});
