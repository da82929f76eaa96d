import { describe, expect, it, vi } from 'vitest';
import type { StagedArtifact } from '../../../src/artifacts/artifact-store.ts';
import type { UploadedFile } from '../../../src/artifacts/upload.ts';
import { SraasError } from '../../../src/errors.ts';
import { FunctionCatalog } from '../../../src/functions/catalog.ts';
import type { DependencyInstaller } from '../../../src/functions/dependency-installer.ts';
import { Deployer } from '../../../src/functions/deploy.ts';
import type { ImageMaker } from '../../../src/functions/own-image.ts';
import { defaultFunctionPolicy } from '../../../src/functions/function-policy.ts';
import type { ArtifactHash } from '../../../src/artifacts/artifact-hash.ts';

import { parseReference } from '../../../src/functions/reference.ts';
import { temporaryStore } from '../store/temporary-store.ts';

const config = { runtime: 'node24', handler: 'main.handler' };
const noFiles: readonly UploadedFile[] = [];

/** Artifacts that are made of nothing but a hash, and note what happens to them. */
class NotedArtifacts {
  readonly notes: string[] = [];
  code = 'a';
  commitFailure: Error | undefined;

  stage(_files: unknown, { language }: { readonly language: string }): Promise<StagedArtifact> {
    const { code } = this;
    this.notes.push(`staged ${code} for ${language}`);
    return Promise.resolve({
      hash: Buffer.from(code).toString('hex').padStart(64, '0') as ArtifactHash,
      sizeBytes: 7,
      files: [{ path: 'main.mjs', sizeBytes: 7, executable: false }],
      hasSourceMaps: true,
      directory: '/nowhere',
      commit: () => {
        if (this.commitFailure) return Promise.reject(this.commitFailure);
        this.notes.push(`committed ${code}`);
        return Promise.resolve();
      },
      discard: () => {
        this.notes.push(`discarded ${code}`);
        return Promise.resolve();
      },
    });
  }
}

const noImages: ImageMaker = {
  check: () => Promise.reject(new Error('no image is to be built in this test')),
  order: () => Promise.reject(new Error('no image is to be built in this test')),
  hold: () => () => undefined,
};

const noInstaller: DependencyInstaller = {
  addPackages: () => Promise.reject(new Error('nothing is to be installed in this test')),
};

async function setUp(installer: DependencyInstaller = noInstaller) {
  const opened = await temporaryStore();
  const { functions: store, secrets } = opened;
  const artifacts = new NotedArtifacts();
  const catalog = new FunctionCatalog(opened);
  const runtimes = [
    { name: 'node24', language: 'node' as const },
    { name: 'python3.13', language: 'python' as const },
  ];
  const program = { language: undefined };
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  const deployer = new Deployer({
    store,
    artifacts,
    catalog,
    runtimes: {
      find: (name) => (name === 'perl' ? program : runtimes.find((runtime) => runtime.name === name)),
      list: () => runtimes,
      whyUnusable: (name) => (name === 'unbuilt' ? 'It is still being built.' : undefined),
    },
    images: noImages,
    installer,
    secrets,
    policy: defaultFunctionPolicy,
    clock: () => new Date((now += 1000)),
  });
  return { store, secrets, artifacts, catalog, deployer };
}

describe('a deploy', () => {
  it('stages, commits, publishes, and is seen by the next call', async () => {
    const { artifacts, catalog, deployer } = await setUp();
    const { fn, outcome } = await deployer.deploy('hello', config, noFiles);
    expect(outcome).toBe('created');
    expect(fn.latest).toMatchObject({
      number: 1,
      artifactBytes: 7,
      entry: { file: 'main.mjs', exportName: 'handler', sourceMaps: true },
      createdAt: new Date('2026-01-01T00:00:01.000Z'),
    });
    expect(artifacts.notes).toEqual(['staged a for node', 'committed a', 'discarded a']);
    expect(await catalog.resolve(parseReference('hello'))).toEqual(fn.latest);

    artifacts.code = 'b';
    const second = await deployer.deploy('hello', config, noFiles);
    expect(second).toMatchObject({ outcome: 'updated', fn: { latest: { number: 2 } } });
    expect(await catalog.resolve(parseReference('hello'))).toEqual(second.fn.latest);
  });

  it('tells nobody when it changed nothing', async () => {
    const { catalog, deployer } = await setUp();
    const first = await deployer.deploy('hello', config, noFiles);
    const listener = vi.fn();
    catalog.onPublished(listener);
    expect(await deployer.deploy('hello', config, noFiles)).toEqual({ outcome: 'unchanged', fn: first.fn });
    expect(listener).not.toHaveBeenCalled();
  });

  it.each([
    ['a bad name', '../x', config, 'INVALID_NAME'],
    ['a bad config', 'hello', { ...config, limits: { pids: 0 } }, 'INVALID_CONFIG'],
    ['a network', 'hello', { ...config, network: 'egress' }, 'NETWORK_NOT_ALLOWED'],
    ['an unknown runtime', 'hello', { ...config, runtime: 'node99' }, 'RUNTIME_NOT_FOUND'],
  ])('is refused for %s before any code is read', async (_reason, name, document, code) => {
    const { artifacts, store, deployer } = await setUp();
    await expect(deployer.deploy(name, document, noFiles)).rejects.toMatchObject({ code });
    expect(artifacts.notes).toEqual([]);
    expect(await store.list({ limit: 1 })).toEqual([]);
  });

  it('names the runtimes there are', async () => {
    const { deployer } = await setUp();
    await expect(deployer.deploy('hello', { ...config, runtime: 'node99' }, noFiles)).rejects.toMatchObject({
      message: 'There is no such runtime: choose one of node24, python3.13.',
      violations: [{ pointer: '/runtime', message: 'must be a runtime of this server: node24, python3.13' }],
    });
  });

  it('drops the code and leaves the function as it was when the handler is not in it', async () => {
    const { artifacts, catalog, deployer } = await setUp();
    const { fn } = await deployer.deploy('hello', config, noFiles);
    artifacts.code = 'b';
    artifacts.notes.length = 0;
    await expect(deployer.deploy('hello', { ...config, handler: 'other.handler' }, noFiles)).rejects.toMatchObject({
      code: 'HANDLER_FILE_NOT_FOUND',
    });
    expect(artifacts.notes).toEqual(['staged b for node', 'discarded b']);
    expect(await catalog.show('hello')).toEqual(fn);
  });

  it('drops the code and leaves the function as it was when the code cannot be kept', async () => {
    const { artifacts, catalog, deployer } = await setUp();
    const { fn } = await deployer.deploy('hello', config, noFiles);
    artifacts.code = 'b';
    artifacts.notes.length = 0;
    artifacts.commitFailure = new SraasError('INSUFFICIENT_STORAGE', 'Free some space.');
    await expect(deployer.deploy('hello', config, noFiles)).rejects.toMatchObject({ code: 'INSUFFICIENT_STORAGE' });
    expect(artifacts.notes).toEqual(['staged b for node', 'discarded b']);
    expect(await catalog.show('hello')).toEqual(fn);
  });

  it('leaves the function as it was when the store fails', async () => {
    const { artifacts, catalog, store, deployer } = await setUp();
    const { fn } = await deployer.deploy('hello', config, noFiles);
    artifacts.code = 'b';
    vi.spyOn(store, 'publish').mockRejectedValueOnce(new SraasError('STORE_UNAVAILABLE', 'Try again.'));
    await expect(deployer.deploy('hello', config, noFiles)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await catalog.show('hello')).toEqual(fn);
  });

  it('gives 50 deploys of one name at once increasing numbers, and the last one is what calls get', async () => {
    const { catalog, deployer } = await setUp();
    const seen: number[] = [];
    catalog.onPublished((fn) => seen.push(fn.latest.number));
    const deploys = Array.from({ length: 50 }, (_, i) =>
      deployer.deploy('hello', { ...config, description: `deploy ${i}` }, noFiles),
    );
    const numbers = (await Promise.all(deploys)).map(({ fn }) => fn.latest.number);
    const inOrder = Array.from({ length: 50 }, (_, i) => i + 1);
    expect(numbers.sort((a, b) => a - b)).toEqual(inOrder);
    expect(seen).toEqual(inOrder);
    expect((await catalog.resolve(parseReference('hello'))).number).toBe(50);
  });
});

describe('a deploy on a program', () => {
  it('has no handler, no reuse, and its files as they are', async () => {
    const { artifacts, deployer } = await setUp();
    const { fn } = await deployer.deploy('tool', { runtime: 'perl' }, noFiles);
    expect(fn.latest).toMatchObject({
      entry: undefined,
      config: { runtime: 'perl', handler: undefined, isolation: 'fresh', concurrency: { warmMin: 0 } },
    });
    expect(artifacts.notes[0]).toBe('staged a for other');
  });

  it('is refused with a handler and with warm sandboxes, all at once', async () => {
    const { deployer } = await setUp();
    const document = { runtime: 'perl', handler: 'main.handler', isolation: 'warm', concurrency: { warm_min: 1 } };
    await expect(deployer.deploy('tool', document, noFiles)).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      violations: [{ pointer: '/isolation' }, { pointer: '/concurrency/warm_min' }, { pointer: '/handler' }],
    });
  });

  it('says why a runtime cannot be used yet', async () => {
    const { deployer } = await setUp();
    await expect(deployer.deploy('tool', { runtime: 'unbuilt' }, noFiles)).rejects.toMatchObject({
      code: 'RUNTIME_NOT_READY',
      message: 'It is still being built.',
    });
  });
});

describe('a deploy with packages to be installed', () => {
  const wanted = { ...config, dependencies: 'install' };

  it('asks for them once the handler was found, and publishes the code with them', async () => {
    const orders: unknown[] = [];
    const { artifacts, deployer } = await setUp({
      addPackages: (order) => {
        orders.push(order.runtime);
        artifacts.code = 'b';
        return Promise.resolve([]);
      },
    });
    const { fn } = await deployer.deploy('hello', wanted, noFiles);
    expect(orders).toEqual([{ name: 'node24', language: 'node' }]);
    expect(fn.latest).toMatchObject({ config: { dependencies: 'install' }, entry: { file: 'main.mjs' } });
    expect(artifacts.notes.filter((note) => !note.startsWith('discarded'))).toEqual([
      'staged a for other',
      'staged b for other',
      'committed b',
    ]);
    const missing = deployer.deploy('hello', { ...wanted, handler: 'other.handler' }, noFiles);
    await expect(missing).rejects.toMatchObject({ code: 'HANDLER_FILE_NOT_FOUND' });
    expect(orders).toHaveLength(1);
  });

  it('publishes nothing when the install fails, and keeps nothing staged', async () => {
    const failure = new SraasError('DEPENDENCIES_FAILED', 'npm said no.');
    const { artifacts, catalog, deployer } = await setUp({ addPackages: () => Promise.reject(failure) });
    await expect(deployer.deploy('hello', wanted, noFiles)).rejects.toBe(failure);
    await expect(catalog.show('hello')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    expect(artifacts.notes).toContain('discarded a');
    expect(artifacts.notes.join()).not.toContain('committed');
  });

  it('is refused where the runtime is a program, or the upload a Dockerfile', async () => {
    const { deployer } = await setUp();
    for (const document of [
      { runtime: 'perl', dependencies: 'install' },
      { ...wanted, runtime: 'dockerfile' },
    ]) {
      await expect(deployer.deploy('hello', document, noFiles)).rejects.toMatchObject({
        code: 'INVALID_CONFIG',
        violations: [{ pointer: '/dependencies' }],
      });
    }
  });
});

describe('a deploy that names secrets', () => {
  const naming = { ...config, secrets: { TOKEN: 'token', KEY: 'key', AGAIN: 'token' } };

  it('is refused before its files are read when one is not there, with each place that names it', async () => {
    const { artifacts, deployer, secrets } = await setUp();
    await secrets.put({ name: 'key', sealed: Buffer.from('x'), keyId: 'k', at: new Date() });
    await expect(deployer.deploy('hello', naming, noFiles)).rejects.toMatchObject({
      code: 'INVALID_SECRET',
      message: 'There is no secret token: set it first.',
      violations: [
        { pointer: '/secrets/TOKEN', message: 'names the secret token, which is not there' },
        { pointer: '/secrets/AGAIN', message: 'names the secret token, which is not there' },
      ],
    });
    const webhook = { webhook_url: 'https://example.org', webhook_secret: 'lost' };
    await expect(deployer.deploy('hello', { ...config, async: webhook }, noFiles)).rejects.toMatchObject({
      violations: [{ pointer: '/async/webhook_secret', message: 'names the secret lost, which is not there' }],
    });
    expect(artifacts.notes).toEqual([]);
    await secrets.put({ name: 'token', sealed: Buffer.from('x'), keyId: 'k', at: new Date() });
    expect(await deployer.deploy('hello', naming, noFiles)).toMatchObject({ outcome: 'created' });
  });

  it('is refused when one is removed while its code is being stored', async () => {
    const { store, artifacts, deployer, secrets } = await setUp();
    await secrets.put({ name: 'token', sealed: Buffer.from('x'), keyId: 'k', at: new Date() });
    vi.spyOn(artifacts, 'stage').mockImplementationOnce(async (files, options) => {
      await secrets.remove('token');
      return artifacts.stage(files, options);
    });
    const refused = deployer.deploy('hello', { ...config, secrets: { TOKEN: 'token' } }, noFiles);
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_SECRET' });
    expect(await store.find('hello')).toBeUndefined();
  });

  it('is refused for a program, whose environment the engine would write down', async () => {
    const { artifacts, deployer, secrets } = await setUp();
    await secrets.put({ name: 'token', sealed: Buffer.from('x'), keyId: 'k', at: new Date() });
    await expect(
      deployer.deploy('hello', { runtime: 'perl', secrets: { TOKEN: 'token' } }, noFiles),
    ).rejects.toMatchObject({ code: 'INVALID_SECRET', violations: [{ pointer: '/secrets' }] });
    expect(artifacts.notes).not.toContain('committed a');
  });
});
