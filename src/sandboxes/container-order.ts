import type { ContainerSpec } from '../engine/container.ts';
import type { FunctionConfig, FunctionVersion } from '../functions/function.ts';
import type { ConfinedPlan } from './container-spec.ts';

/** A program's container, in the words of whoever orders it. */
export interface ContainerOrder {
  /** The name that its image goes by. */
  readonly runtime: string;
  /** What it runs for; undefined when it runs for nothing that was deployed. */
  readonly version: FunctionVersion | undefined;
  readonly network: FunctionConfig['network'] | undefined;
  /** Describes the container, by what only the launcher can tell. */
  readonly specOf: (plan: Omit<ConfinedPlan, 'image' | 'limits'>) => ContainerSpec;
}
