import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { Aliases } from '../functions/aliases.ts';
import { FunctionCatalog } from '../functions/catalog.ts';
import { Deployer } from '../functions/deploy.ts';
import type { FunctionPolicy } from '../functions/function-policy.ts';
import type { FunctionVersion } from '../functions/function.ts';
import { Republisher } from '../functions/republish.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { Workload } from '../sandboxes/workload.ts';
import type { Store } from '../store/store.ts';
import { serverConcurrency } from '../workers/divided-config.ts';
import { operatorPolicy } from './operator-policy.ts';
import type { Surroundings } from './surroundings.ts';
import { keepReachedWarm } from './versions.ts';
import { workloads } from './workloads.ts';

type DeployerParts = ConstructorParameters<typeof Deployer>[0];

interface FunctionsParts extends Pick<DeployerParts, 'runtimes' | 'images' | 'installer' | 'secrets'> {
  readonly store: Pick<Store, 'functions' | 'aliases'>;
  readonly artifacts: ArtifactStore;
  readonly pools: Pick<Pools, 'warm' | 'retire'>;
}

/** Functions, what changes them, and what they are to a sandbox. */
export interface OpenFunctions {
  readonly catalog: FunctionCatalog;
  readonly deployer: Deployer;
  readonly aliases: Aliases;
  readonly republisher: Republisher;
  readonly policy: FunctionPolicy;
  readonly workloadOf: (version: FunctionVersion) => Workload;
}

/** Makes the functions of a store, whose sandboxes follow every change from then on. */
export function openFunctions(surroundings: Surroundings, { store, pools, ...given }: FunctionsParts): OpenFunctions {
  const { config, clock } = surroundings;
  const catalog = new FunctionCatalog(store);
  const policy = operatorPolicy(config);
  const { workers } = config;
  const concurrencyOf = workers > 1 ? (max: number): number => serverConcurrency(max, workers) : undefined;
  const workloadOf = workloads({ ...given, policy, concurrencyOf });
  keepReachedWarm({ ...surroundings, catalog, pools, workloadOf });
  const parts = { ...given, store: store.functions, catalog, policy, clock };
  return {
    catalog,
    deployer: new Deployer(parts),
    aliases: new Aliases({ ...parts, store: store.aliases }),
    republisher: new Republisher(parts),
    policy,
    workloadOf,
  };
}
