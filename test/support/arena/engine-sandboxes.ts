import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { docker } from '../containers.ts';

/** One container of a server, running or not, as the engine and the server's own folders tell of it. */
export interface EngineSandbox {
  readonly containerId: string;
  readonly sandboxId: string;
  /** Whose it is; empty for one that was started before anybody had asked for it, and stays so when it is given out. */
  readonly functionName: string;
  /** Of one that was started ahead: inode of a file of the code in it; undefined while it waits for some. */
  readonly codeInode: number | undefined;
}

export async function engineSandboxes(instanceId: string, dataDirectory: string): Promise<readonly EngineSandbox[]> {
  const found = await docker.listContainers({ all: true, filters: { label: [`sraas.instance=${instanceId}`] } });
  return Promise.all(
    found.map(async ({ Id: containerId, Labels: labels }) => {
      const sandboxId = labels['sraas.sandbox'] ?? '';
      return {
        containerId,
        sandboxId,
        functionName: labels['sraas.function'] ?? '',
        codeInode: await firstInode(join(dataDirectory, 'prepared', sandboxId)),
      };
    }),
  );
}

/**
 * Whether a container is a function's. One that was given out later carries no name: it is known by its files, which are links
 * to those of the function's code. Functions with the very same code cannot be told apart then.
 */
export async function isOf(sandbox: EngineSandbox, name: string, codeDirectory: string): Promise<boolean> {
  if (sandbox.functionName !== '') return sandbox.functionName === name;
  return sandbox.codeInode !== undefined && sandbox.codeInode === (await firstInode(codeDirectory));
}

/** By name, so that two folders with links to the same files have the same first one. */
async function firstInode(directory: string): Promise<number | undefined> {
  // It goes while it is looked at when its sandbox does.
  const entries = await readdir(directory, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const [first] = files.map((path) => path.slice(directory.length)).sort();
  if (first === undefined) return undefined;
  return (await stat(join(directory, first)).catch(() => undefined))?.ino;
}
