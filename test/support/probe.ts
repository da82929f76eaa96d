import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerSpec } from '../../src/engine/container.ts';
import type { ContainerExit } from '../../src/engine/engine.ts';
import { defaultLimits } from '../../src/functions/function-policy.ts';
import { findInstallDirectory } from '../../src/installation.ts';
import { RuntimeCatalog } from '../../src/runtimes/runtime-catalog.ts';
import { containerSpec } from '../../src/sandboxes/container-spec.ts';
import { seccompProfile } from '../../src/sandboxes/seccomp-profile.ts';
import { engine } from './containers.ts';

/** Exit code of a probe whose attack worked, and of one whose attack was stopped. */
export const worked = 0;
export const stopped = 10;

const installDirectory = findInstallDirectory(import.meta.dirname);

/**
 * The product's own container for a sandbox, with a folder of its own as the code, and with no shim in it: for running a probe
 * in exactly the walls that user code is in, or in walls with one of them taken away.
 */
export async function sandboxSpec(
  uid = 30_000,
): Promise<{ spec: ContainerSpec; codeDirectory: string } & AsyncDisposable> {
  const runtimes = new RuntimeCatalog(engine, join(installDirectory, 'images'));
  const runtime = runtimes.find('node24');
  if (runtime === undefined) throw new Error('There is no runtime node24');
  const directory = await mkdtemp(join(tmpdir(), 'sraas-probe-'));
  await chmod(directory, 0o777);
  const spec = containerSpec({
    sandboxId: `probe-${uid}-${Math.random().toString(16).slice(2)}`,
    labels: { 'sraas.managed': 'probe' },
    runtime,
    image: await runtimes.imageOf(runtime),
    limits: defaultLimits,
    uid,
    codeDirectory: directory,
    channelDirectory: directory,
    shimDirectory: directory,
    seccompProfile: seccompProfile((await engine.info()).architecture),
    cgroupParent: '',
    engineRuntime: '',
    network: undefined,
  });
  return {
    spec,
    codeDirectory: directory,
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** Runs a JavaScript probe in a container. It should end with one of the exit codes above. */
export function probe(spec: ContainerSpec, source: string): Promise<ContainerExit> {
  const program = `const worked = ${worked}, stopped = ${stopped};\n${source}`;
  return runToEnd({ ...spec, command: [spec.command[0] ?? '', '-e', program] });
}

/** The same in Perl, which can make any system call. */
export function perlProbe(spec: ContainerSpec, source: string): Promise<ContainerExit> {
  return runToEnd({ ...spec, command: ['/usr/bin/perl', '-e', source] });
}

/** Starts a container that stays, until it is disposed of. */
export async function startContainer(spec: ContainerSpec): Promise<AsyncDisposable & { readonly id: string }> {
  const id = await engine.create(spec);
  const dispose = (): Promise<void> => engine.remove(id);
  try {
    await engine.start(id);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { id, [Symbol.asyncDispose]: dispose };
}

async function runToEnd(spec: ContainerSpec): Promise<ContainerExit> {
  const id = await engine.create(spec);
  try {
    await engine.start(id);
    return await engine.wait(id, 30_000);
  } finally {
    await engine.remove(id);
  }
}
