import { SraasError } from '../errors.ts';
import type { ChangedFunction, FunctionCatalog } from '../functions/catalog.ts';
import type { FunctionId, FunctionVersion } from '../functions/function.ts';
import { reachedVersions } from '../functions/reached-versions.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { Workload } from '../sandboxes/workload.ts';
import type { Surroundings } from './surroundings.ts';

interface WarmthParts extends Pick<Surroundings, 'onFailure'> {
  readonly catalog: FunctionCatalog;
  readonly pools: Pick<Pools, 'warm' | 'retire'>;
  readonly workloadOf: (version: FunctionVersion) => Workload;
}

/**
 * From now on the sandboxes of a function's newest version are kept, and those of the versions that aliases lead to. All
 * others go when a version is published, when an alias moves and when a version is removed.
 */
export function keepReachedWarm({ catalog, pools, workloadOf, onFailure }: WarmthParts): void {
  /** The last look at each function's versions that is under way: what an earlier one finds is old. */
  const looks = new Map<FunctionId, symbol>();

  const look = async ({ id, name }: ChangedFunction): Promise<void> => {
    const own = Symbol(name);
    looks.set(id, own);
    try {
      const found = await reachedVersions(catalog, name);
      if (looks.get(id) !== own) return;
      // The name may have been removed and made anew meanwhile.
      const reached = found.filter(({ functionId }) => functionId === id);
      for (const version of reached) pools.warm(workloadOf(version));
      pools.retire(
        id,
        reached.map(({ number }) => number),
      );
    } catch (error) {
      // Removed meanwhile, or changed again: whoever did it has this function looked at again.
      const isGone = error instanceof SraasError && error.kind.fault === 'caller';
      if (!isGone) onFailure(`The sandboxes of former versions of ${name} could not be let go yet`, error);
    } finally {
      if (looks.get(id) === own) looks.delete(id);
    }
  };

  catalog.onPublished((fn) => {
    pools.warm(workloadOf(fn.latest));
    void look(fn);
  });
  catalog.onChanged((fn) => void look(fn));
  catalog.onRemoved(({ id }) => {
    looks.delete(id);
    pools.retire(id);
  });
}
