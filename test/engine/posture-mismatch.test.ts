import { mkdir, mkdtemp, readdir, rm, writeFile, chmod } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ContainerSpec } from '../../src/engine/container.ts';
import type { ArtifactHash } from '../../src/artifacts/artifact-hash.ts';
import type { FunctionId, FunctionVersion } from '../../src/functions/function.ts';
import { parseFunctionConfig } from '../../src/functions/function-config.ts';
import { defaultFunctionPolicy } from '../../src/functions/function-policy.ts';
import { findInstallDirectory } from '../../src/installation.ts';
import { RuntimeCatalog } from '../../src/runtimes/runtime-catalog.ts';
import { Launcher } from '../../src/sandboxes/launcher.ts';
import { Leftovers } from '../../src/sandboxes/leftovers.ts';
import { seccompProfile } from '../../src/sandboxes/seccomp-profile.ts';
import { SocketTransport } from '../../src/sandboxes/socket-channel-transport.ts';
import { UidAllocator } from '../../src/sandboxes/uid-allocator.ts';
import { docker } from '../support/containers.ts';
import { WeakeningEngine } from '../support/weakening-engine.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sraas-posture-'));
  await chmod(directory, 0o711);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const version: FunctionVersion = {
  functionId: 'posture' as FunctionId,
  functionName: 'posture',
  number: 1,
  config: parseFunctionConfig({ runtime: 'node24', handler: 'main.handler' }, defaultFunctionPolicy),
  artifactHash: '0' as ArtifactHash,
  artifactBytes: 0,
  entry: { file: 'main.mjs', exportName: 'handler', sourceMaps: false },
  createdAt: new Date(0),
};

async function launchWith(weaken: (spec: ContainerSpec) => ContainerSpec): Promise<{
  readonly error: unknown;
  readonly differences: readonly string[];
  readonly engine: WeakeningEngine;
}> {
  const code = join(directory, 'code');
  const runDirectory = await mkdtemp(join(directory, 'run-'));
  await rm(code, { recursive: true, force: true });
  await mkdir(code);
  await writeFile(join(code, 'main.mjs'), 'export const handler = () => 1');
  const engine = new WeakeningEngine(weaken);
  const installDirectory = findInstallDirectory(import.meta.dirname);
  const found: string[] = [];
  const onFailure = (): void => undefined;
  const launcher = new Launcher({
    engine,
    runtimes: new RuntimeCatalog(engine, join(installDirectory, 'images')),
    uids: new UidAllocator(31_000, 31_010),
    leftovers: new Leftovers({ engine, instanceId: 'posture-test', directories: [runDirectory], onFailure }),
    transport: () => Promise.resolve(new SocketTransport()),
    runDirectory,
    shimDirectory: join(installDirectory, 'dist', 'shim'),
    seccompProfile: seccompProfile((await engine.info()).architecture),
    instanceId: 'posture-test',
    cgroupParent: '',
    engineRuntime: '',
    maxStarts: 1,
    startTimeoutMs: 20_000,
    onPostureMismatch: (_sandboxId, differences) => found.push(...differences),
  });
  try {
    const launched = await launcher.launch('0123456789abcdef', {
      runtime: version.config.runtime,
      limits: version.config.limits,
      version,
      codeDirectory: code,
      ownsCode: false,
    });
    await launched.release();
    return { error: undefined, differences: found, engine };
  } catch (error) {
    expect(await readdir(runDirectory)).toEqual([]);
    return { error, differences: found, engine };
  }
}

it('launches what the engine records as it was asked for', async () => {
  expect(await launchWith((spec) => spec)).toMatchObject({ error: undefined, differences: [] });
});

it.each<[field: string, weaken: (spec: ContainerSpec) => ContainerSpec]>([
  ['readOnlyRoot', (spec) => ({ ...spec, readOnlyRoot: false })],
  ['pids', (spec) => ({ ...spec, pids: 100_000 })],
  ['droppedCapabilities', (spec) => ({ ...spec, droppedCapabilities: [] })],
  ['seccompProfile', (spec) => ({ ...spec, seccompProfile: 'unconfined' })],
  ['network', (spec) => ({ ...spec, network: 'bridge' })],
  ['user', (spec) => ({ ...spec, user: { uid: 0, gid: 0 } })],
])('kills a container whose %s the engine recorded otherwise', async (field, weaken) => {
  const { error, differences, engine } = await launchWith(weaken);
  expect(error).toMatchObject({ code: 'SANDBOX_START_FAILED' });
  expect(differences).toEqual([expect.stringMatching(new RegExp(`^${field}: `))]);
  expect(engine.created).toHaveLength(1);
  for (const id of engine.created) {
    await expect(docker.getContainer(id).inspect()).rejects.toMatchObject({ statusCode: 404 });
  }
});
