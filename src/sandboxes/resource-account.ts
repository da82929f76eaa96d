import { closeSync, existsSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What one invocation used, by the kernel's own accounting of its sandbox, the runtime and the shim included. */
export interface ResourceUse {
  /** Highest memory use at any moment; undefined where the kernel cannot tell it for a part of a sandbox's life. */
  readonly maxMemoryBytes: number | undefined;
  /** Processor time of all processes together. */
  readonly cpuMs: number | undefined;
}

export const unknownUse: ResourceUse = { maxMemoryBytes: undefined, cpuMs: undefined };

interface AccountFiles {
  readonly peak: string;
  readonly cpu: string;
  readonly processes: string;
  readonly tasks: string | undefined;
  readonly oomKills: string;
}

/** A reading of the processor time is believed for so long. */
const sameMomentMs = 2;

/** How long a count of processes is believed while as many tasks run as when it was made. */
const countAgainAfterMs = 1000;

const controlGroups = '/sys/fs/cgroup';
const text = Buffer.alloc(4096);
const zero = Buffer.from('0');
/** As a digit would be counted. */
const lineEnd = 0x0a - 0x30;

/**
 * Reads a sandbox's control group on this machine. The files stay open: asking costs one system call each.
 *
 * Source: cgroup-v1/memory.txt and cpuacct.txt (a write of 0 to `memory.max_usage_in_bytes` starts the peak anew), and
 * cgroup-v2.rst (a write to `memory.peak` does so for that open file, from Linux 6.12 on).
 */
export class ResourceAccount {
  readonly #peak: number | undefined;
  readonly #cpu: number | undefined;
  readonly #processesFile: string;
  readonly #tasks: number | undefined;
  readonly #oomKills: number | undefined;
  readonly #readCpuMs: (descriptor: number | undefined) => number | undefined;
  #cpuMsAtStart = 0;
  /** What {@link end} read last, and when. */
  #lastCpu = { ms: 0, at: Number.NEGATIVE_INFINITY };
  #canRestart = true;
  #counted: { readonly processes: number; readonly tasks: number; readonly at: number } | undefined;

  private constructor(files: AccountFiles, readCpuMs: (descriptor: number | undefined) => number | undefined) {
    this.#peak = openIfThere(files.peak, 'r+');
    this.#cpu = openIfThere(files.cpu, 'r');
    this.#tasks = files.tasks === undefined ? undefined : openIfThere(files.tasks, 'r');
    this.#oomKills = openIfThere(files.oomKills, 'r');
    this.#processesFile = files.processes;
    this.#readCpuMs = readCpuMs;
  }

  /**
   * @param processId Process id of one of the sandbox's processes, as the engine counts them.
   * Undefined when its control group is not in sight: an engine on another kernel has processes of the same numbers.
   */
  static async open(processId: number, containerId: string): Promise<ResourceAccount | undefined> {
    const paths = groupPaths(await readFile(`/proc/${processId}/cgroup`, 'utf8').catch(() => ''));
    // Engines name a container's group after it.
    if (![...paths.values()].some((path) => path.includes(containerId))) return undefined;
    const memory = paths.get('memory');
    const cpu = paths.get('cpuacct');
    const pids = paths.get('pids');
    if (memory !== undefined && cpu !== undefined) {
      const files = {
        peak: join(controlGroups, 'memory', memory, 'memory.max_usage_in_bytes'),
        cpu: join(controlGroups, 'cpuacct', cpu, 'cpuacct.usage'),
        processes: join(controlGroups, 'memory', memory, 'cgroup.procs'),
        tasks: pids === undefined ? undefined : join(controlGroups, 'pids', pids, 'pids.current'),
        oomKills: join(controlGroups, 'memory', memory, 'memory.oom_control'),
      };
      return new ResourceAccount(files, readNanoseconds);
    }
    const unified = paths.get('');
    if (unified === undefined || !existsSync(join(controlGroups, 'cgroup.controllers'))) return undefined;
    const files = {
      peak: join(controlGroups, unified, 'memory.peak'),
      cpu: join(controlGroups, unified, 'cpu.stat'),
      processes: join(controlGroups, unified, 'cgroup.procs'),
      tasks: join(controlGroups, unified, 'pids.current'),
      oomKills: join(controlGroups, unified, 'memory.events'),
    };
    return new ResourceAccount(files, readUsage);
  }

  /** Starts counting for the next invocation. */
  begin(): void {
    // Called for one invocation right behind another, there is nothing that was used in between.
    const { ms, at } = this.#lastCpu;
    this.#cpuMsAtStart = performance.now() - at < sameMomentMs ? ms : (this.#readCpuMs(this.#cpu) ?? 0);
    this.#canRestart = this.#peak !== undefined && writeZero(this.#peak);
  }

  /** What was used since {@link begin}. A sandbox that has ended is no longer accounted for. */
  end(): ResourceUse {
    const cpu = this.#readCpuMs(this.#cpu);
    if (cpu !== undefined) this.#lastCpu = { ms: cpu, at: performance.now() };
    return {
      maxMemoryBytes: this.#canRestart ? readNumber(this.#peak) : undefined,
      cpuMs: cpu === undefined ? undefined : Math.max(0, cpu - this.#cpuMsAtStart),
    };
  }

  /** How many processes live in the sandbox at this moment, its init among them; undefined when that cannot be told. */
  processCount(): number | undefined {
    // Opened anew: version 1 answers a file that was kept open from a list up to a second old. Source: pidlist in cgroup-v1.c.
    const list = attempt(() => readFileSync(this.#processesFile, 'latin1'));
    return list === undefined || list === '' ? undefined : list.trimEnd().split('\n').length;
  }

  /**
   * The same, for who asks after every call: processes are counted anew when another number of tasks runs than when they were
   * last counted, which a process more means, and once a second, as a thread that has ended may stand for one. Counting costs
   * ten times what the number of tasks does. Source: pids.txt, `pids.current`; processes and threads are tasks.
   */
  recentProcessCount(): number | undefined {
    const tasks = readNumber(this.#tasks);
    const now = performance.now();
    const known = this.#counted;
    if (known !== undefined && known.tasks === tasks && now - known.at < countAgainAfterMs) return known.processes;
    const processes = this.processCount();
    this.#counted = tasks === undefined || processes === undefined ? undefined : { processes, tasks, at: now };
    return processes;
  }

  /** How many processes the kernel has killed for want of memory so far, the shim's children among them. */
  oomKillCount(): number {
    return Number(/^oom_kill (\d+)$/m.exec(readText(this.#oomKills) ?? '')?.[1] ?? 0);
  }

  close(): void {
    for (const descriptor of [this.#peak, this.#cpu, this.#tasks, this.#oomKills]) {
      if (descriptor !== undefined) closeSync(descriptor);
    }
  }
}

function readNanoseconds(descriptor: number | undefined): number | undefined {
  const nanoseconds = readNumber(descriptor);
  return nanoseconds === undefined ? undefined : nanoseconds / 1e6;
}

function readUsage(descriptor: number | undefined): number | undefined {
  const stat = readText(descriptor);
  return stat === undefined ? undefined : Number(/^usage_usec (\d+)$/m.exec(stat)?.[1]) / 1e3;
}

/** `/proc/<pid>/cgroup` has lines `number:controllers:path`; version 2's controllers are empty. */
function groupPaths(content: string): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  for (const line of content.split('\n')) {
    const [, controllers = '', path] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    for (const controller of controllers.split(',')) paths.set(controller, path);
  }
  return paths;
}

function openIfThere(path: string, flags: string): number | undefined {
  return attempt(() => openSync(path, flags)) ?? (flags === 'r+' ? attempt(() => openSync(path, 'r')) : undefined);
}

function readText(descriptor: number | undefined): string | undefined {
  const length = readBytes(descriptor);
  return length === undefined ? undefined : text.toString('latin1', 0, length);
}

/** The number that is all of a file, digit by digit: after every call, a text for each would be most of the work. */
function readNumber(descriptor: number | undefined): number | undefined {
  const length = readBytes(descriptor);
  if (length === undefined) return undefined;
  let number = 0;
  for (let index = 0; index < length; index++) {
    const digit = (text[index] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) return index > 0 && digit === lineEnd ? number : undefined;
    number = number * 10 + digit;
  }
  return length > 0 ? number : undefined;
}

/** How many bytes it put into `text`. */
function readBytes(descriptor: number | undefined): number | undefined {
  if (descriptor === undefined) return undefined;
  try {
    return readSync(descriptor, text, 0, text.length, 0);
  } catch {
    return undefined;
  }
}

function writeZero(descriptor: number): boolean {
  try {
    return writeSync(descriptor, zero, 0, zero.length, 0) === zero.length;
  } catch {
    return false;
  }
}

/** A control group vanishes with its sandbox, and some kernels have less to tell: then there is no figure, and no failure. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
