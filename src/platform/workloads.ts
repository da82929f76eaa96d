import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { FunctionVersion } from '../functions/function.ts';
import type { FunctionPolicy } from '../functions/function-policy.ts';
import type { Workload } from '../sandboxes/workload.ts';

/** Makes what a sandbox runs of a version: its code on this machine, and no more reuse than the operator allows. */
export function workloads(artifacts: ArtifactStore, policy: FunctionPolicy): (version: FunctionVersion) => Workload {
  return (version) => ({
    version: policy.reuseAllowed ? version : withoutReuse(version),
    codeDirectory: artifacts.directoryOf(version.artifactHash),
    bringCode: () => artifacts.bring(version.artifactHash),
  });
}

/** Where nothing may be reused, nothing is kept warm either. */
function withoutReuse(version: FunctionVersion): FunctionVersion {
  const { config } = version;
  return { ...version, config: { ...config, isolation: 'fresh', concurrency: { ...config.concurrency, warmMin: 0 } } };
}
