import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the kernel holds a process to, by whichever version of control groups this machine has. */
export interface ControlGroup {
  readonly memoryBytes: number;
  /** Memory and swap together. */
  readonly memoryAndSwapBytes: number;
  readonly pids: number;
  readonly cpus: number;
  /** By the scale of version 1, where 1024 is the default. */
  readonly cpuShares: number;
}

const root = '/sys/fs/cgroup';

/** Path of a process's control group of one controller, as the host sees it. Source: cgroups(7). */
export function controlGroupPath(processId: number, controller: string): string {
  const lines = readFileSync(`/proc/${processId}/cgroup`, 'utf8').trim().split('\n');
  const found = lines
    .map((line) => line.split(':'))
    .find(([, controllers = '']) => controllers.split(',').includes(controller) || controllers === '');
  return found?.slice(2).join(':') ?? '';
}

export function controlGroup(processId: number): ControlGroup {
  const read = (controller: string, file: string): string => {
    const folder = existsSync(join(root, controller)) ? join(root, controller) : root;
    return readFileSync(join(folder, controlGroupPath(processId, controller), file), 'utf8').trim();
  };
  if (!existsSync(join(root, 'memory'))) {
    const memoryBytes = Number(read('memory', 'memory.max'));
    const [quota = NaN, period = NaN] = read('cpu', 'cpu.max').split(' ').map(Number);
    return {
      memoryBytes,
      memoryAndSwapBytes: memoryBytes + Number(read('memory', 'memory.swap.max')),
      pids: Number(read('pids', 'pids.max')),
      cpus: quota / period,
      // The engine turns shares into weights by this formula, rounding down.
      cpuShares: Math.round(((Number(read('cpu', 'cpu.weight')) - 1) * 262_142) / 9999 + 2),
    };
  }
  return {
    memoryBytes: Number(read('memory', 'memory.limit_in_bytes')),
    memoryAndSwapBytes: Number(read('memory', 'memory.memsw.limit_in_bytes')),
    pids: Number(read('pids', 'pids.max')),
    cpus: Number(read('cpu', 'cpu.cfs_quota_us')) / Number(read('cpu', 'cpu.cfs_period_us')),
    cpuShares: Number(read('cpu', 'cpu.shares')),
  };
}

/** As how many ordinary processes a control group counts when there is not enough of the processor for all. */
export function ordinaryProcesses(path: string): number {
  const shares = join(root, 'cpu', path, 'cpu.shares');
  if (existsSync(shares)) return Number(readFileSync(shares, 'utf8')) / 1024;
  return Number(readFileSync(join(root, path, 'cpu.weight'), 'utf8')) / 100;
}
