import { SraasError } from '../errors.ts';
import { versionsOf } from '../functions/alias.ts';
import type { AliasStore } from '../functions/alias-store.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { defaultLimits } from '../functions/function-policy.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { Languages } from '../languages/language.ts';
import type { RuntimeCatalog } from '../runtimes/runtime-catalog.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { PreparedSandboxes } from '../sandboxes/prepared.ts';
import type { Workload } from '../sandboxes/workload.ts';

interface WarmUpParts {
  readonly store: { readonly aliases: Pick<AliasStore, 'all'> };
  readonly catalog: FunctionCatalog;
  readonly workloadOf: (version: FunctionVersion) => Workload;
  readonly pools: Pick<Pools, 'warm'>;
  readonly languages: Pick<Languages, 'list'>;
  readonly builtIn: Pick<RuntimeCatalog, 'list' | 'imageOf'>;
  readonly prepared: Pick<PreparedSandboxes, 'want'>;
}

/**
 * Starts what first calls should not wait for: of the functions that there are, of those that have yet to be deployed, and of
 * programs.
 */
export async function warmUp(parts: WarmUpParts): Promise<void> {
  const { store, catalog, workloadOf, pools } = parts;
  await warmAll(catalog, store.aliases, (version) => {
    pools.warm(workloadOf(version));
  });
  // Not waited for: an engine may be away.
  void prepareForNewcomers(parts);
}

/** Starts the sandboxes that functions want to have warm: of their newest versions, and of those that aliases lead to. */
async function warmAll(
  catalog: FunctionCatalog,
  aliases: Pick<AliasStore, 'all'>,
  warm: (version: FunctionVersion) => void,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = await catalog.list({ limit: 500, ...(after === undefined ? {} : { after }) });
    for (const fn of page.items) warm(fn.latest);
    after = page.next;
  } while (after !== undefined);
  for (const { functionName: name, target } of await aliases.all()) {
    for (const number of versionsOf(target)) {
      const version = await findVersion(catalog, name, number);
      if (version !== undefined) warm(version);
    }
  }
}

/** Undefined when another server on the same database has removed it since its alias was read. */
async function findVersion(
  catalog: FunctionCatalog,
  name: string,
  version: number,
): Promise<FunctionVersion | undefined> {
  try {
    return await catalog.resolve({ name, version });
  } catch (error) {
    if (error instanceof SraasError && error.kind.fault === 'caller') return undefined;
    throw error;
  }
}

/**
 * The first call of a function that has yet to be deployed should not wait for a container either, and neither should a snippet
 * in a language of this server. What most will ask for is wanted last, as that comes first.
 */
async function prepareForNewcomers({ languages, builtIn, prepared }: WarmUpParts): Promise<void> {
  const [usual, ...others] = builtIn.list();
  const spoken = new Set(languages.list().map(({ runtime }) => runtime));
  const wanted = others.filter(({ name }) => spoken.has(name)).concat(usual ?? []);
  for (const runtime of wanted) {
    // Without an image, or without an engine, there is nothing to prepare yet.
    const hasImage = await builtIn.imageOf(runtime).then(
      () => true,
      () => false,
    );
    if (hasImage) prepared.want(runtime.name, defaultLimits);
  }
}
