import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ContainerSpec } from '../../src/engine/container.ts';
import { DockerEngine } from '../../src/engine/docker/docker-engine.ts';
import { ImageBuilder, type BuiltImage } from '../../src/runtimes/image-builder.ts';
import { RuntimeCatalog } from '../../src/runtimes/runtime-catalog.ts';
import { builtInRuntimes, type Runtime } from '../../src/runtimes/runtime.ts';

const imagesDirectory = join(import.meta.dirname, '../../images');
const engineHost = process.env['SRAAS_ENGINE_HOST'] ?? 'unix:///var/run/docker.sock';
const engine = new DockerEngine({ host: engineHost });

/** Runs a command as an ordinary user in a container of the image, for its exit code. */
async function exitCodeIn(image: string, command: readonly string[]): Promise<number> {
  const id = await engine.create(specOf(image, command));
  try {
    await engine.start(id);
    return (await engine.wait(id, 30_000)).exitCode;
  } finally {
    await engine.remove(id);
  }
}

describe.each(builtInRuntimes)('the image of $name', (runtime: Runtime) => {
  let first: BuiltImage;
  let image: string;
  beforeAll(async () => {
    first = await new ImageBuilder(engine, imagesDirectory).build(runtime, { onProgress: () => undefined });
    image = first.image.id;
  }, 300_000);

  it('is not built a second time, and nothing is said about it', async () => {
    const lines: string[] = [];
    const builder = new ImageBuilder(engine, imagesDirectory);
    const second = await builder.build(runtime, { onProgress: (line) => lines.push(line) });
    expect({ ...second, image: second.image.id }).toEqual({ base: first.base, built: false, image });
    expect(lines).toEqual([]);
  });

  it('is what the catalog finds, with labels that say what it was made of', async () => {
    const catalog = new RuntimeCatalog(engine, imagesDirectory);
    expect(await catalog.imageOf(runtime)).toBe(image);
    const state = (await catalog.states()).find((each) => each.runtime === runtime);
    expect(state).toMatchObject({ state: 'ready', imageId: image, base: first.base });
    const labels = (await engine.findImage(image))?.labels;
    expect(labels).toMatchObject({ 'sraas.managed': '1', 'sraas.runtime': runtime.name, 'sraas.base': first.base });
    const { language, majorVersion, name } = runtime;
    const official = `official: ${language}:${majorVersion}-slim`;
    if (first.base !== official) expect(first.base).toMatch(new RegExp(`^local: sraas/base-${name}:[0-9a-f]{12}$`));
  });

  it('has the interpreter of its name where the catalog says', async () => {
    // 24 says so by exit code 24, 3.13 by exit code 13.
    const command =
      runtime.language === 'node'
        ? ['--eval', 'process.exit(Number(process.versions.node.split(".")[0]))']
        : ['-c', 'import sys; sys.exit(sys.version_info[1])'];
    const version = Number(runtime.majorVersion.split('.').at(-1));
    expect(await exitCodeIn(image, [runtime.interpreter, ...command])).toBe(version);
  });

  it('has a shell and Perl', async () => {
    expect(await exitCodeIn(image, ['/bin/sh', '-c', 'perl -e 1'])).toBe(0);
  });

  it('has no package manager for its language and no program that lends the rights of another user', async () => {
    const script =
      '! command -v npm && ! command -v yarn && ! command -v pip3 && test -z "$(find / -xdev -type f -perm /6000 2>/dev/null)"';
    expect(await exitCodeIn(image, ['/bin/sh', '-c', script])).toBe(0);
  });
});

describe.each(builtInRuntimes.filter(({ language }) => language === 'python'))('the library of $name', (runtime) => {
  const inPython = async (code: string): Promise<number> => {
    const image = await new RuntimeCatalog(engine, imagesDirectory).imageOf(runtime);
    return exitCodeIn(image, [runtime.interpreter, '-I', '-B', '-c', code]);
  };

  it('is whole', async () => {
    const modules =
      'asyncio, bz2, ctypes, curses, dbm, decimal, email, hashlib, lzma, multiprocessing, readline, sqlite3';
    expect(await inPython(`import ${modules}, ssl, unittest, uuid, xml.etree, zlib, zoneinfo`)).toBe(0);
    expect(await inPython('import zoneinfo; zoneinfo.ZoneInfo("Europe/Berlin")')).toBe(0);
  });

  it('is compiled, since a sandbox cannot keep what it compiles', async () => {
    const code = [
      'import asyncio, importlib.util, json, logging, os, sqlite3, sys, traceback',
      'files = [m.__file__ for m in list(sys.modules.values()) if (getattr(m, "__file__", None) or "").endswith(".py")]',
      'sys.exit(sum(not os.path.exists(importlib.util.cache_from_source(f)) for f in files))',
    ];
    expect(await inPython(code.join('\n'))).toBe(0);
  });
});

function specOf(image: string, command: readonly string[]): ContainerSpec {
  return {
    name: `sraas-test-${randomUUID()}`,
    labels: { 'sraas.test': 'images' },
    image,
    command,
    environment: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    workingDirectory: '/',
    hostname: 'test',
    user: { uid: 20_000, gid: 20_000 },
    mounts: [],
    temporaryFileSystems: [],
    network: 'none',
    nameServers: [],
    readOnlyRoot: true,
    droppedCapabilities: ['ALL'],
    addedCapabilities: [],
    noNewPrivileges: true,
    // What the image holds is asked here; how sandboxes are confined is asked elsewhere.
    seccompProfile: '{"defaultAction":"SCMP_ACT_ALLOW"}',
    memoryBytes: 268_435_456,
    cpus: 1,
    cpuShares: 256,
    pids: 64,
    ulimits: {},
    ipc: 'private',
    cgroupNamespace: 'private',
    cgroupParent: '',
    oomScoreAdjustment: 1000,
    stdio: 'none',
    init: true,
    engineRuntime: '',
  };
}
