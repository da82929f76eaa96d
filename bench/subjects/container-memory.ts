import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type Docker from 'dockerode';

const mebibyte = 1024 * 1024;

/**
 * What a container's control group holds, in MiB, the kernel's memory for it included, but no page cache: pages of files count
 * where they were first read, whoever else uses them, and go when memory is short.
 *
 * Source: cgroup-v1/memory.txt and cgroup-v2.rst.
 */
export async function heldMb(container: Docker.Container): Promise<number> {
  const { State } = await container.inspect();
  const groups = await readFile(`/proc/${State.Pid}/cgroup`, 'utf8');
  const ofMemory = /^\d+:memory:(.+)$/m.exec(groups)?.[1];
  const isVersion1 = ofMemory !== undefined;
  const folder = isVersion1
    ? join('/sys/fs/cgroup/memory', ofMemory)
    : join('/sys/fs/cgroup', /^0::(.+)$/m.exec(groups)?.[1] ?? '');
  const heldBytes = Number(
    await readFile(join(folder, isVersion1 ? 'memory.usage_in_bytes' : 'memory.current'), 'utf8'),
  );
  const stat = await readFile(join(folder, 'memory.stat'), 'utf8');
  const cachedBytes = Number((isVersion1 ? /^total_cache (\d+)$/m : /^file (\d+)$/m).exec(stat)?.[1]);
  return (heldBytes - cachedBytes) / mebibyte;
}
