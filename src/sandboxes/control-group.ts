import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isErrno } from '../errno.ts';

/** Nothing is made where no control groups are. */
const existing = { flag: 'r+' };

/** Parent control group of sandboxes, one for all servers of a machine. It stays when they end: another one may be using it. */
export const sandboxGroup = '/sraas';

/**
 * Makes the control group on this machine, unless it is there, and gives it its share of the processor.
 *
 * Without it all sandboxes are in the engine's group, which gets as much as one process when others want the processor as well:
 * starting a container, by the engine's programs outside that group, then holds up every call.
 *
 * @param weight In processes of ordinary priority, 1 to 100.
 * @param root Where control groups are mounted.
 * Rejects with an errno where they are not, or may not be written.
 *
 * Source: sched-design-CFS.rst and cgroup-v2.rst: `cpu.shares` is 1024, and `cpu.weight` 100, for what an ordinary process gets.
 */
export async function makeSandboxGroup(version: 1 | 2, weight: number, root = '/sys/fs/cgroup'): Promise<void> {
  const parent = version === 1 ? join(root, 'cpu') : root;
  const [file, unit] = version === 1 ? ['cpu.shares', 1024] : ['cpu.weight', 100];
  const group = join(parent, sandboxGroup);
  await mkdir(group).catch((error: unknown) => {
    if (!isErrno(error, 'EEXIST')) throw error;
  });
  // The engine does so as well when it makes its first container.
  if (version === 2) await writeFile(join(parent, 'cgroup.subtree_control'), '+cpu', existing);
  await writeFile(join(group, file), String(weight * unit), existing);
}
