import { describe, expect, it } from 'vitest';
import type { ArtifactHash } from '../../../src/artifacts/artifact-hash.ts';
import { workloads } from '../../../src/platform/workloads.ts';
import { versionWith } from '../sandboxes/versions.ts';

const artifacts = { directoryOf: (hash: ArtifactHash) => `/code/${hash}`, bring: () => Promise.resolve() };
const version = versionWith({ concurrency: { max: 10, warm_min: 5 } });
const concurrencyOf = (workloadOf: ReturnType<typeof workloads>) => workloadOf(version).version.config.concurrency;

describe('what a sandbox runs of a version', () => {
  it('is the version itself where one process runs all', () => {
    const workload = workloads({ artifacts, policy: { reuseAllowed: true } })(version);
    expect(workload.version).toBe(version);
    expect(workload.codeDirectory).toBe('/code/abc');
  });

  it('has a part of its calls at a time where several do, and keeps no more warm', () => {
    const part = workloads({ artifacts, policy: { reuseAllowed: true }, concurrencyOf: (max) => max - 6 });
    expect(concurrencyOf(part)).toStrictEqual({ max: 4, warmMin: 4 });
    // Calls come often: the same version is adapted once.
    expect(part(version).version).toBe(part(version).version);
  });

  it('is used for one call each, and kept by nobody, where nothing may be reused', () => {
    const { config } = workloads({ artifacts, policy: { reuseAllowed: false } })(version).version;
    expect([config.isolation, config.concurrency.warmMin]).toStrictEqual(['fresh', 0]);
  });
});
