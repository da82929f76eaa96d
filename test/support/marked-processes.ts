import { readdirSync, readFileSync } from 'node:fs';
import { until } from './containers.ts';

/** What tells the processes of one test from all others on the machine. */
export interface ProcessMark {
  /** `NAME=value`, handed to the first process, which its children inherit. */
  readonly environment: string;
  /** Path of the control group above all containers, which have an environment of their own. */
  readonly controlGroup: string;
}

/** Ids of the processes that carry a mark at this moment. One that ends while it is looked at is not among them. */
export function markedProcesses({ environment, controlGroup }: ProcessMark): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter(
      (id) =>
        read(`/proc/${id}/environ`).split('\0').includes(environment) ||
        read(`/proc/${id}/cgroup`).includes(`${controlGroup}/`),
    )
    .filter((id) => !/^State:\s+Z/m.test(read(`/proc/${id}/status`)))
    .map(Number);
}

/** Sends SIGKILL to every process that carries the mark, and to those that they start meanwhile. Resolves when none is left. */
export async function killMarked(mark: ProcessMark, withinMs: number): Promise<void> {
  const noneLeft = (): boolean => {
    const ids = markedProcesses(mark);
    for (const id of ids) kill(id);
    return ids.length === 0;
  };
  await until(noneLeft, withinMs, 'the processes of the engine have ended');
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
