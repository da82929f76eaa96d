import { defaultLimits } from '../../../src/functions/function-policy.ts';
import type { Limits } from '../../../src/functions/function.ts';
import { containerSpec, type SandboxPlan } from '../../../src/sandboxes/container-spec.ts';
import type { ContainerSpec } from '../../../src/engine/container.ts';

/** The plan of a sandbox with the default limits. */
export const defaultPlan: SandboxPlan = {
  sandboxId: '0123456789abcdef',
  labels: { 'sraas.managed': 'sandbox', 'sraas.function': 'hello' },
  runtime: {
    name: 'node24',
    language: 'node',
    interpreter: '/usr/local/bin/node',
  },
  image: 'sha256:cafe',
  limits: defaultLimits,
  uid: 23_456,
  codeDirectory: '/data/artifacts/abc',
  channelDirectory: '/run/sraas/one/0123456789abcdef',
  network: undefined,
  shimDirectory: '/opt/install/dist/shim',
  seccompProfile: '{"defaultAction":"SCMP_ACT_ERRNO"}',
  cgroupParent: 'functions.slice',
  engineRuntime: 'runsc',
};

export const defaultSpec: ContainerSpec = containerSpec(defaultPlan);

export function specWithLimits(limits: Partial<Limits>): ContainerSpec {
  return containerSpec({ ...defaultPlan, limits: { ...defaultLimits, ...limits } });
}

/** The fields in which two specs differ, by name. */
export function fieldsThatDiffer(left: ContainerSpec, right: ContainerSpec): readonly string[] {
  const fields = Object.keys({ ...left, ...right }) as (keyof ContainerSpec)[];
  return fields.filter((field) => JSON.stringify(left[field]) !== JSON.stringify(right[field]));
}
