import { defaultLimits, type FunctionPolicy } from '../functions/function-policy.ts';
import type { Limits } from '../functions/function.ts';
import type { ProgramRequest, Programs } from '../programs/program.ts';

/** What all programs of the compatibility APIs have in common. */
export interface ProgramTerms {
  readonly programs: Programs;
  /** What the operator allows. */
  readonly policy: FunctionPolicy;
  readonly network: ProgramRequest['network'];
}

/** The default limits but for what is wished for; none beyond what the operator allows, nobody being refused for it. */
export function programLimits(policy: FunctionPolicy, wished: Partial<Limits> = {}): Limits {
  const limits = { ...defaultLimits, ...wished };
  const memoryMb = Math.min(limits.memoryMb, policy.maxMemoryMb);
  return {
    cpus: Math.min(limits.cpus, policy.maxCpus),
    memoryMb,
    pids: Math.min(limits.pids, policy.maxPids),
    timeoutMs: Math.min(limits.timeoutMs, policy.maxTimeoutMs),
    tmpMb: Math.min(limits.tmpMb, policy.maxTmpMb, memoryMb),
    resultBytes: Math.min(limits.resultBytes, policy.maxResultBytes),
    logBytes: Math.min(limits.logBytes, policy.maxLogBytes),
  };
}
