import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';

const mebibyte = 1024 * 1024;

/**
 * What a container's control group holds, in MiB, the kernel's memory for it included, but no page cache: pages of files count
 * where they were first read, whoever else uses them, and go when memory is short.
 *
 * Added up from its parts: the group's own total counts what each processor has set aside for it as well, 0 to 0.3 MiB from one
 * container to the next.
 *
 * Source: cgroup-v1/memory.txt (5.5, usage_in_bytes) and cgroup-v2.rst.
 */
export async function heldMb(container: Docker.Container): Promise<number> {
  const { State } = await container.inspect();
  const groups = await readFile(`/proc/${State.Pid}/cgroup`, 'utf8');
  const ofMemory = /^\d+:memory:(.+)$/m.exec(groups)?.[1];
  if (ofMemory === undefined) {
    const stat = await readFile(join('/sys/fs/cgroup', /^0::(.+)$/m.exec(groups)?.[1] ?? '', 'memory.stat'), 'utf8');
    return (bytesIn(stat, 'anon') + bytesIn(stat, 'kernel')) / mebibyte;
  }
  const folder = join('/sys/fs/cgroup/memory', ofMemory);
  const kernelBytes = Number(await readFile(join(folder, 'memory.kmem.usage_in_bytes'), 'utf8'));
  return (bytesIn(await readFile(join(folder, 'memory.stat'), 'utf8'), 'total_rss') + kernelBytes) / mebibyte;
}

function bytesIn(stat: string, name: string): number {
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1]);
}
