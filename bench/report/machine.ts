import { arch, cpus, loadavg, release, totalmem } from 'node:os';
import type Docker from 'dockerode';

/** The machine that the figures are from: only their ratios mean anything on another. */
export async function describeMachine(docker: Docker): Promise<Readonly<Record<string, unknown>>> {
  const { ServerVersion, CgroupVersion, DefaultRuntime } = (await docker.info()) as Record<string, unknown>;
  return {
    processors: cpus().length,
    processor: cpus()[0]?.model,
    architecture: arch(),
    memory_gb: Math.round(totalmem() / 1e9),
    kernel: release(),
    node: process.version,
    engine: ServerVersion,
    engine_runtime: DefaultRuntime,
    cgroup_version: CgroupVersion,
    load_average_at_start: loadavg()[0],
  };
}
