import { expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { FunctionCatalog } from '../../../src/functions/catalog.ts';
import type { FunctionVersion } from '../../../src/functions/function.ts';
import { warmUp } from '../../../src/platform/warm-up.ts';
import type { RuntimeCatalog } from '../../../src/runtimes/runtime-catalog.ts';
import type { PreparedSandboxes } from '../../../src/sandboxes/prepared.ts';
import type { Store } from '../../../src/store/store.ts';
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
    builtIn: { list: () => [] } as unknown as RuntimeCatalog,
    prepared: {} as PreparedSandboxes,
  });
  return found;
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
