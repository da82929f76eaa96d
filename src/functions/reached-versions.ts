import { versionsOf } from './alias.ts';
import type { FunctionCatalog } from './catalog.ts';
import type { FunctionVersion } from './function.ts';

/**
 * The versions of a function that calls reach without naming a number: the newest, and those that aliases lead to. They are the
 * ones whose sandboxes are worth keeping.
 *
 * @throws SraasError what the catalog throws, also when it is removed meanwhile.
 */
export async function reachedVersions(
  catalog: Pick<FunctionCatalog, 'show' | 'aliases' | 'resolve'>,
  name: string,
): Promise<readonly FunctionVersion[]> {
  const { latest } = await catalog.show(name);
  const aliases = await catalog.aliases(name);
  const numbers = new Set(aliases.flatMap(({ target }) => versionsOf(target)));
  numbers.delete(latest.number);
  const others = await Promise.all([...numbers].map((version) => catalog.resolve({ name, version })));
  return [latest, ...others];
}
