import { arch, cpus, loadavg, release, totalmem } from 'node:os';
import type Docker from 'dockerode';

export type Machine = Readonly<Record<string, unknown>>;

/** The machine in one line, for people. */
export function machineLine(machine: Machine): string {
  const { processors, processor, memory_gb: memoryGb, kernel, node, engine, load_average_at_start: load } = machine;
  return (
    `${String(processors)} processors (${String(processor)}), ${String(memoryGb)} GB, Linux ${String(kernel)}, ` +
    `Node ${String(node)}, Docker Engine ${String(engine)}, load average ${String(load)}`
  );
}

/** The machine that the figures are from: only their ratios mean anything on another. */
export async function describeMachine(docker: Docker): Promise<Machine> {
  const { ServerVersion, CgroupVersion, DefaultRuntime } = (await docker.info()) as Record<string, unknown>;
  return {
    processors: cpus().length,
    processor: cpus()[0]?.model.trim(),
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
