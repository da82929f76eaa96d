import { versionsOf } from '../functions/alias.ts';
import type { AliasStore } from '../functions/alias-store.ts';
import type { FunctionCatalog } from '../functions/catalog.ts';
import { defaultLimits } from '../functions/function-policy.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { RuntimeCatalog } from '../runtimes/runtime-catalog.ts';
import type { PreparedSandboxes } from '../sandboxes/prepared.ts';

/** Starts the sandboxes that functions want to have warm: of their newest versions, and of those that aliases lead to. */
export async function warmAll(
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
    for (const version of versionsOf(target)) warm(await catalog.resolve({ name, version }));
  }
}

/** The first call of a function that has yet to be deployed should not wait for a container either. */
export function prepareForNewcomers(runtimes: RuntimeCatalog, prepared: PreparedSandboxes): void {
  const [runtime] = runtimes.list();
  if (runtime === undefined) return;
  runtimes.imageOf(runtime).then(
    () => {
      prepared.want(runtime.name, defaultLimits);
    },
    // Without an image, or without an engine, there is nothing to prepare yet.
    () => undefined,
  );
}
