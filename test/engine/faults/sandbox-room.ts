import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { findInstallDirectory } from '../../../src/installation.ts';
import { RuntimeCatalog } from '../../../src/runtimes/runtime-catalog.ts';
import { labelsOfInstance } from '../../../src/sandboxes/labels.ts';
import { Launcher } from '../../../src/sandboxes/launcher.ts';
import { Leftovers } from '../../../src/sandboxes/leftovers.ts';
import { Pools } from '../../../src/sandboxes/pools.ts';
import { PreparedSandboxes } from '../../../src/sandboxes/prepared.ts';
import { seccompProfile } from '../../../src/sandboxes/seccomp-profile.ts';
import { SocketTransport } from '../../../src/sandboxes/socket-channel-transport.ts';
import { Starter } from '../../../src/sandboxes/starter.ts';
import { UidAllocator } from '../../../src/sandboxes/uid-allocator.ts';
import type { Workload } from '../../../src/sandboxes/workload.ts';
import { versionWith } from '../../unit/sandboxes/versions.ts';

/** All of the server that deals with sandboxes, around an engine of the test's choice. */
export interface SandboxRoom extends AsyncDisposable {
  /** What a call gets: how its handler was loaded, or the error that its caller is told. */
  borrow(): Promise<unknown>;
  /** What the server does from time to time: tries again to remove what could not be removed. */
  retryLeftovers(): Promise<void>;
  /** What is held on the host and on the engine: containers, folders, user ids. */
  holdings(): Promise<{ readonly containers: number; readonly folders: number; readonly userIds: number }>;
}

interface Given {
  readonly engine: Engine;
  /** Source of what stands in for the shim; the real shim without it. */
  readonly shim?: string;
  readonly startTimeoutMs?: number;
}

const nothing = (): void => undefined;

export async function openSandboxRoom({ engine, shim, startTimeoutMs = 20_000 }: Given): Promise<SandboxRoom> {
  const directory = await mkdtemp(join(tmpdir(), 'sraas-faults-'));
  await chmod(directory, 0o711);
  const [runDirectory, codeDirectory] = [join(directory, 'run'), join(directory, 'code')];
  await mkdir(runDirectory);
  await mkdir(codeDirectory);
  await writeFile(join(codeDirectory, 'main.mjs'), 'export const handler = () => 1');
  const installDirectory = findInstallDirectory(import.meta.dirname);
  const shimDirectory = shim === undefined ? join(installDirectory, 'dist', 'shim') : join(directory, 'shim');
  if (shim !== undefined) {
    await mkdir(join(shimDirectory, 'node'), { recursive: true });
    await writeFile(join(shimDirectory, 'node', 'shim.cjs'), shim);
  }

  const instanceId = randomBytes(8).toString('hex');
  const leftovers = new Leftovers({ engine, instanceId, directories: [runDirectory], onFailure: nothing });
  const uids = new UidAllocator(35_000, 35_099);
  const [taken, givenBack] = [vi.spyOn(uids, 'take'), vi.spyOn(uids, 'giveBack')];
  const launcher = new Launcher({
    engine,
    runtimes: new RuntimeCatalog(engine, join(installDirectory, 'images')),
    uids,
    leftovers,
    transport: () => Promise.resolve(new SocketTransport()),
    runDirectory,
    shimDirectory,
    seccompProfile: seccompProfile((await engine.info()).architecture),
    instanceId,
    cgroupParent: '',
    engineRuntime: '',
    maxStarts: 3,
    startTimeoutMs,
    onPostureMismatch: nothing,
  });
  const noPrograms = { find: () => undefined, imageOf: () => Promise.reject(new Error('there are no programs here')) };
  const noSecrets = { environmentOf: () => Promise.resolve({}) };
  const prepared = new PreparedSandboxes({ launcher, codeDirectory, perKind: 0, most: 0, onFailure: nothing });
  const pools = new Pools({
    launcher,
    starter: new Starter({ launcher, prepared, programs: noPrograms, secrets: noSecrets, initTimeoutMs: 10_000 }),
    prepared,
    leftovers,
    maxSandboxes: 3,
    maxMemoryMb: 1024,
    idleMs: 60_000,
    pauseAfterMs: 60_000,
    maxWaiting: 10,
    maxWaitMs: 20_000,
    maxWaitingTogether: 10,
    onFailure: nothing,
  });
  const workload: Workload = { version: versionWith({}, 'faulty'), codeDirectory };

  return {
    async borrow() {
      const loan = await pools.borrow(workload, new AbortController().signal);
      loan.release();
      return loan.lease.kind;
    },
    retryLeftovers: () => leftovers.retry((sandboxId) => launcher.isLive(sandboxId)),
    async holdings() {
      const containers = (await engine.list(labelsOfInstance(instanceId))).length;
      const folders = (await readdir(runDirectory)).length;
      return { containers, folders, userIds: taken.mock.calls.length - givenBack.mock.calls.length };
    },
    async [Symbol.asyncDispose]() {
      await pools.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
