import type { EngineInfo } from '../engine.ts';

/** Reads what the platform needs from `GET /info` and `GET /version`. Members that an engine leaves out count as "no". */
export function engineInfo(
  info: Readonly<Record<string, unknown>>,
  version: { Version: string; ApiVersion: string },
): EngineInfo {
  return {
    name: 'docker',
    version: version.Version,
    apiVersion: version.ApiVersion,
    operatingSystem: String(info['OperatingSystem']),
    kernelVersion: String(info['KernelVersion']),
    architecture: String(info['Architecture']),
    cgroupVersion: info['CgroupVersion'] === '2' ? 2 : 1,
    cgroupDriver: String(info['CgroupDriver']),
    securityFeatures: strings(info['SecurityOptions']),
    runtimes: Object.keys(info['Runtimes'] ?? {}),
    defaultRuntime: String(info['DefaultRuntime']),
    limits: {
      memory: info['MemoryLimit'] === true,
      swap: info['SwapLimit'] === true,
      cpu: info['CpuCfsQuota'] === true,
      pids: info['PidsLimit'] === true,
    },
    liveRestore: info['LiveRestoreEnabled'] === true,
    warnings: strings(info['Warnings']),
  };
}

function strings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
