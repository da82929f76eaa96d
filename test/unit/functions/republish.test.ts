import { describe, expect, it } from 'vitest';
import { FunctionCatalog } from '../../../src/functions/catalog.ts';
import { tagOfFunction } from '../../../src/functions/entity-tag.ts';
import { defaultFunctionPolicy, type FunctionPolicy } from '../../../src/functions/function-policy.ts';
import { parseReference } from '../../../src/functions/reference.ts';
import { Republisher } from '../../../src/functions/republish.ts';
import { draft } from '../store/drafts.ts';
import { temporaryStore } from '../store/temporary-store.ts';

const languages: Readonly<Record<string, 'node' | 'python' | undefined>> = {
  node24: 'node',
  node22: 'node',
  'python3.13': 'python',
  perl: undefined,
};

async function setUp({ policy = defaultFunctionPolicy, files = ['main.mjs', 'other.mjs'] } = {}) {
  const store = await temporaryStore();
  const catalog = new FunctionCatalog(store);
  const parts = {
    store: store.functions,
    artifacts: { filesOf: () => Promise.resolve(files.map((path) => ({ path }))) },
    runtimes: {
      find: (name: string) => (Object.hasOwn(languages, name) ? { language: languages[name] } : undefined),
      list: () => Object.keys(languages).map((name) => ({ name })),
    },
    catalog,
    clock: () => new Date('2026-05-06T07:08:09.010Z'),
  };
  const under = (other: FunctionPolicy): Republisher => new Republisher({ ...parts, policy: other });
  return { ...store, catalog, republisher: under(policy), under };
}

describe('a patch of the config', () => {
  it('publishes a version with the same code, and leaves all else as it was', async () => {
    const { functions, catalog, republisher } = await setUp();
    const { fn } = await functions.publish(draft('hello', 'a', { env: { A: '1', B: '2' }, labels: { team: 'x' } }));
    const patch = { limits: { timeout_ms: 500 }, env: { A: null, C: '3' }, description: 'new' };
    const { fn: patched, outcome } = await republisher.patch('hello', patch);
    expect(outcome).toBe('updated');
    expect(patched.latest).toEqual({
      ...fn.latest,
      number: 2,
      createdAt: new Date('2026-05-06T07:08:09.010Z'),
      config: {
        ...fn.latest.config,
        description: 'new',
        env: { B: '2', C: '3' },
        limits: { ...fn.latest.config.limits, timeoutMs: 500 },
      },
    });
    expect(await catalog.resolve(parseReference('hello'))).toEqual(patched.latest);
  });

  it('publishes nothing when it changes nothing, and takes null for the default', async () => {
    const { functions, republisher } = await setUp();
    await functions.publish(draft('hello', 'a', { limits: { timeout_ms: 500 } }));
    expect((await republisher.patch('hello', { limits: { timeout_ms: 500 } })).outcome).toBe('unchanged');
    const { fn } = await republisher.patch('hello', { limits: null });
    expect(fn.latest.config.limits.timeoutMs).toBe(10_000);
  });

  it('finds a new handler in the code that there is', async () => {
    const { functions, republisher } = await setUp();
    await functions.publish(draft('hello'));
    const { fn } = await republisher.patch('hello', { handler: 'other.run', runtime: 'node22' });
    expect(fn.latest).toMatchObject({
      config: { handler: 'other.run', runtime: 'node22' },
      entry: { file: 'other.mjs', exportName: 'run', sourceMaps: false },
    });
    await expect(republisher.patch('hello', { handler: 'gone.run' })).rejects.toMatchObject({
      code: 'HANDLER_FILE_NOT_FOUND',
    });
  });

  it('lets the default size of /tmp give way to a smaller memory', async () => {
    const { functions, republisher } = await setUp();
    await functions.publish(draft('hello'));
    const { fn } = await republisher.patch('hello', { limits: { memory_mb: 40 } });
    expect(fn.latest.config.limits).toMatchObject({ memoryMb: 40, tmpMb: 40 });
    await functions.publish(draft('own', 'a', { limits: { tmp_mb: 100 } }));
    await expect(republisher.patch('own', { limits: { memory_mb: 40 } })).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      violations: [{ pointer: '/limits/tmp_mb' }],
    });
  });

  it.each([
    ['no object', [], 'INVALID_CONFIG', ''],
    ['an unknown member', { files: {} }, 'INVALID_CONFIG', '/files'],
    ['a member of the prototype', JSON.parse('{"__proto__":{"a":1}}'), 'INVALID_CONFIG', '/__proto__'],
    ['a wrong value', { limits: { pids: 'many' } }, 'INVALID_CONFIG', '/limits/pids'],
    ['no runtime', { runtime: null }, 'INVALID_CONFIG', '/runtime'],
    ['an unknown runtime', { runtime: 'node99' }, 'RUNTIME_NOT_FOUND', '/runtime'],
    ['another language', { runtime: 'python3.13' }, 'INVALID_CONFIG', '/runtime'],
    ['a program', { runtime: 'perl', handler: null, isolation: 'fresh' }, 'INVALID_CONFIG', '/handler'],
    ['a Dockerfile', { runtime: 'dockerfile' }, 'INVALID_CONFIG', '/runtime'],
    ['packages to install', { dependencies: 'install' }, 'INVALID_CONFIG', '/dependencies'],
    ['a network', { network: 'egress' }, 'NETWORK_NOT_ALLOWED', '/network'],
  ])('is refused for %s, and changes nothing', async (_what, patch: unknown, code, pointer) => {
    const { functions, republisher } = await setUp();
    await functions.publish(draft('hello'));
    const refusal = await republisher.patch('hello', patch).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code });
    if (pointer !== '') expect(refusal).toMatchObject({ violations: [{ pointer }] });
    expect((await functions.find('hello'))?.latest.number).toBe(1);
  });

  it('says which function is not there', async () => {
    const { republisher } = await setUp();
    await expect(republisher.patch('hello', {})).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    await expect(republisher.patch('../x', {})).rejects.toMatchObject({ code: 'INVALID_NAME' });
  });

  it('loses nothing of 20 others and of deploys at the same time', async () => {
    const { functions, republisher } = await setUp();
    await functions.publish(draft('hello', 'a'));
    await Promise.all([
      ...Array.from({ length: 20 }, (_, index) => republisher.patch('hello', { env: { [`V${index}`]: 'x' } })),
      ...['b', 'c'].map(async (code) => {
        const now = await functions.find('hello');
        const env = now?.latest.config.env ?? {};
        await functions.publish(draft('hello', code, { env }));
      }),
    ]);
    const versions = await functions.listVersions('hello', { limit: 100 });
    expect(versions).toHaveLength(23);
    // Each patch added its variable to what the version before it had.
    for (const [index, version] of versions.entries()) {
      const before = versions[index + 1];
      if (before?.artifactHash !== version.artifactHash) continue;
      expect(version.config.env).toMatchObject(before.config.env);
      expect(Object.keys(version.config.env)).toHaveLength(Object.keys(before.config.env).length + 1);
    }
  });
});

describe('a rollback', () => {
  it('publishes the version before the newest again, or the one that is named', async () => {
    const { functions, republisher } = await setUp();
    const versions = [];
    for (const code of ['a', 'b', 'c']) versions.push((await functions.publish(draft('hello', code))).fn.latest);
    const { fn, outcome } = await republisher.rollBack('hello');
    expect([outcome, fn.latest.number, fn.latest.artifactHash]).toEqual(['updated', 4, versions[1]?.artifactHash]);
    const first = await republisher.rollBack('hello', 1);
    expect([first.fn.latest.number, first.fn.latest.artifactHash]).toEqual([5, versions[0]?.artifactHash]);
    expect((await republisher.rollBack('hello', 1)).outcome).toBe('unchanged');
  });

  it('passes over versions that were removed', async () => {
    const { functions, republisher } = await setUp();
    for (const code of ['a', 'b', 'c']) await functions.publish(draft('hello', code));
    await functions.removeVersion('hello', 2);
    await expect(republisher.rollBack('hello', 2)).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
    expect((await republisher.rollBack('hello')).fn.latest.artifactHash).toBe(draft('hello', 'a').artifactHash);
  });

  it('needs a version to go back to', async () => {
    const { functions, republisher } = await setUp();
    await functions.publish(draft('hello'));
    await expect(republisher.rollBack('hello')).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
      message: 'Function hello has no version before its newest, 1.',
    });
    await expect(republisher.rollBack('other')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  });

  it('brings nothing back that the operator does not allow any more', async () => {
    const { functions, under } = await setUp();
    await functions.publish(draft('hello', 'a', { limits: { timeout_ms: 900_000 } }));
    await functions.publish(draft('hello', 'b'));
    const strict = under({ ...defaultFunctionPolicy, maxTimeoutMs: 10_000 });
    await expect(strict.rollBack('hello')).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      violations: [{ pointer: '/limits/timeout_ms' }],
    });
  });

  it('happens only to what the client has seen, if it says so', async () => {
    const { functions, republisher } = await setUp();
    const { fn: seen } = await functions.publish(draft('hello', 'a'));
    const { fn: now } = await functions.publish(draft('hello', 'b'));
    const old = { ifMatch: [tagOfFunction(seen)] };
    await expect(republisher.rollBack('hello', 1, old)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    await expect(republisher.patch('hello', {}, old)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect((await republisher.rollBack('hello', 1, { ifMatch: [tagOfFunction(now)] })).fn.latest.number).toBe(3);
  });
});
