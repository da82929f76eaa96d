import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { FunctionPolicy } from '../functions/function-policy.ts';
import type { Workload } from '../sandboxes/workload.ts';

interface WorkloadsParts {
  readonly artifacts: Pick<ArtifactStore, 'directoryOf' | 'bring'>;
  readonly policy: Pick<FunctionPolicy, 'reuseAllowed'>;
  /** How many calls at a time this process may run of those that a function allows; all when left out. */
  readonly concurrencyOf?: ((max: number) => number) | undefined;
}

/** Makes what a sandbox runs of a version: its code on this machine, and no more reuse than the operator allows. */
export function workloads({
  artifacts,
  policy,
  concurrencyOf,
}: WorkloadsParts): (version: FunctionVersion) => Workload {
  const made = new WeakMap<FunctionVersion, Workload>();
  const adapted = (version: FunctionVersion): FunctionVersion => {
    const reused = policy.reuseAllowed ? version : withoutReuse(version);
    return concurrencyOf === undefined ? reused : withConcurrency(reused, concurrencyOf);
  };
  return (version) => {
    const known = made.get(version);
    if (known !== undefined) return known;
    const workload: Workload = {
      version: adapted(version),
      codeDirectory: artifacts.directoryOf(version.artifactHash),
      bringCode: () => artifacts.bring(version.artifactHash),
    };
    made.set(version, workload);
    return workload;
  };
}

/** Of the calls that a function allows at a time this process has a part, and keeps no more sandboxes warm than that. */
function withConcurrency(version: FunctionVersion, concurrencyOf: (max: number) => number): FunctionVersion {
  const { config } = version;
  const max = Math.max(1, concurrencyOf(config.concurrency.max));
  const warmMin = Math.min(config.concurrency.warmMin, max);
  return { ...version, config: { ...config, concurrency: { ...config.concurrency, max, warmMin } } };
}

/** Where nothing may be reused, nothing is kept warm either. */
function withoutReuse(version: FunctionVersion): FunctionVersion {
  const { config } = version;
  return { ...version, config: { ...config, isolation: 'fresh', concurrency: { ...config.concurrency, warmMin: 0 } } };
}
