import { expect, it, vi } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { FunctionCatalog } from '../../../src/functions/catalog.ts';
import type { FunctionVersion } from '../../../src/functions/function.ts';
import { warmUp } from '../../../src/platform/warm-up.ts';
import { builtInLanguages } from '../../../src/languages/built-in.ts';
import type { Language } from '../../../src/languages/language.ts';
import { builtInRuntimes, type Runtime } from '../../../src/runtimes/runtime.ts';
import type { Store } from '../../../src/store/store.ts';
import { patience } from '../../support/patience.ts';
import { draft } from '../store/drafts.ts';
import { temporaryStore } from '../store/temporary-store.ts';

/** What a start warms, when this happens between its look at the aliases and its look at where they lead. */
async function warmed(store: Store, meanwhile: () => Promise<void>): Promise<readonly string[]> {
  const found: string[] = [];
  await warmUp({
    store: {
      aliases: {
        all: async () => {
          const aliases = await store.aliases.all();
          await meanwhile();
          return aliases;
        },
      },
    },
    catalog: new FunctionCatalog(store),
    workloadOf: (version: FunctionVersion) => ({ version, codeDirectory: '/nowhere' }),
    pools: {
      warm: ({ version }) => {
        found.push(`${version.functionName}@${version.number}`);
      },
    },
    languages: { list: () => [] },
    builtIn: { list: () => [], imageOf: () => Promise.reject(new Error('There is none.')) },
    prepared: { want: () => undefined },
  });
  return found;
}

/** The runtimes that a start of a server without functions prepares containers of. */
async function prepared(languages: readonly Language[], imageOf: (runtime: Runtime) => Promise<string>) {
  const store = await temporaryStore();
  const wanted: string[] = [];
  await warmUp({
    store,
    catalog: new FunctionCatalog(store),
    workloadOf: (version: FunctionVersion) => ({ version, codeDirectory: '/nowhere' }),
    pools: { warm: () => undefined },
    languages: { list: () => languages },
    builtIn: { list: () => builtInRuntimes, imageOf },
    prepared: { want: (name) => wanted.push(name) },
  });
  await vi.waitFor(() => {
    expect(wanted).toContain('node24');
  }, patience);
  return wanted;
}

async function withAliases(...names: readonly string[]): Promise<Store> {
  const store = await temporaryStore();
  for (const name of names) {
    await store.functions.publish(draft(name));
    await store.functions.publish(draft(name, 'b'));
    await store.aliases.put({ functionName: name, name: 'live', target: { version: 1 }, at: new Date() });
  }
  return store;
}

it('warms the newest versions and those that aliases lead to', async () => {
  const store = await withAliases('one', 'two');
  expect(await warmed(store, () => Promise.resolve())).toEqual(['one@2', 'two@2', 'one@1', 'two@1']);
});

it('goes on when another server removes a function meanwhile', async () => {
  const store = await withAliases('one', 'two');
  const removing = async (): Promise<void> => {
    await store.functions.remove('one');
  };
  expect((await warmed(store, removing)).slice(2)).toEqual(['two@1']);
});

it('does not go on without its database', async () => {
  const store = await withAliases('one');
  const away = (): Promise<void> => Promise.reject(new SraasError('STORE_UNAVAILABLE', 'It is away.'));
  await expect(warmed(store, away)).rejects.toThrow('It is away.');
});

it('prepares for first calls and for programs of its languages, what most ask for with the highest rank', async () => {
  expect(await prepared(builtInLanguages, () => Promise.resolve('sha256:1'))).toEqual(['python3.13', 'node24']);
  expect(await prepared([], () => Promise.resolve('sha256:1'))).toEqual(['node24']);
});

it('prepares nothing of a runtime without an image', async () => {
  const missing = ({ language }: Runtime): Promise<string> =>
    language === 'python' ? Promise.reject(new Error('There is none.')) : Promise.resolve('sha256:1');
  expect(await prepared(builtInLanguages, missing)).toEqual(['node24']);
});
