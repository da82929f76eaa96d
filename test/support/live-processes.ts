import { readFileSync, readlinkSync } from 'node:fs';
import { docker } from './containers.ts';

/** The processes of a container by their ids on the host. */
export interface LiveProcesses {
  /** Process 1 of the container. */
  readonly init: number;
  /** All, that one among them. */
  readonly processes: readonly number[];
  /** The shim for Node; 0 when there is none. */
  readonly shim: number;
}

export async function liveProcesses(containerId: string): Promise<LiveProcesses> {
  const container = docker.getContainer(containerId);
  const { State: state } = await container.inspect();
  const { Processes: table } = (await container.top()) as { readonly Processes: readonly (readonly string[])[] };
  const processes = table.map((row) => Number(row[1]));
  const isShim = (id: number): boolean => id !== state.Pid && commandOf(id).includes('/opt/sraas/node/shim.cjs');
  return { init: state.Pid, processes, shim: processes.find(isShim) ?? 0 };
}

export function readProcessFile(processId: number, file: string): string {
  return readFileSync(`/proc/${processId}/${file}`, 'utf8');
}

export function commandOf(processId: number): readonly string[] {
  return readProcessFile(processId, 'cmdline').split('\0').slice(0, -1);
}

/** @param kind `net`, `pid` and so on; see namespaces(7). */
export function namespaceOf(processId: number | 'self', kind: string): string {
  return readlinkSync(`/proc/${processId}/ns/${kind}`);
}
