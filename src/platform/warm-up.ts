import type { FunctionCatalog } from '../functions/catalog.ts';
import { defaultLimits } from '../functions/function-policy.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { RuntimeCatalog } from '../runtimes/runtime-catalog.ts';
import type { PreparedSandboxes } from '../sandboxes/prepared.ts';

/** Starts the sandboxes that functions want to have warm. */
export async function warmAll(catalog: FunctionCatalog, warm: (version: FunctionVersion) => void): Promise<void> {
  let after: string | undefined;
  do {
    const page = await catalog.list({ limit: 500, ...(after === undefined ? {} : { after }) });
    for (const fn of page.items) warm(fn.latest);
    after = page.next;
  } while (after !== undefined);
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
