import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { RuntimeCatalog } from '../../../src/runtimes/runtime-catalog.ts';
import { runtimeRecipe } from '../../../src/runtimes/runtime-image.ts';
import { builtInRuntimes, type Runtime } from '../../../src/runtimes/runtime.ts';
import { FakeImageEngine } from './fake-image-engine.ts';

const imagesDirectory = join(import.meta.dirname, '../../../images');
const [node24] = builtInRuntimes as [Runtime];

describe('the catalog of runtimes', () => {
  let engine: FakeImageEngine;
  let catalog: RuntimeCatalog;
  let labels: Readonly<Record<string, string>>;
  beforeEach(async () => {
    engine = new FakeImageEngine();
    catalog = new RuntimeCatalog(engine, imagesDirectory);
    const recipe = await runtimeRecipe(imagesDirectory, node24);
    labels = { 'sraas.managed': '1', 'sraas.runtime': 'node24', 'sraas.recipe': recipe };
  });

  it('finds a runtime by its whole name only', () => {
    expect(catalog.find('node24')).toBe(node24);
    expect(['node', 'NODE24', 'constructor', ''].map((name) => catalog.find(name))).toEqual(Array(4).fill(undefined));
    expect(catalog.list().map(({ name }) => name)).toEqual(['node24', 'node22', 'python3.13', 'python3.11']);
  });

  it('says how to build an image that is missing', async () => {
    await expect(catalog.imageOf(node24)).rejects.toMatchObject({
      code: 'RUNTIME_NOT_READY',
      message: expect.stringContaining('`npx sraas images build node24`') as string,
    });
  });

  it('finds an image that was built after it was missed', async () => {
    await catalog.imageOf(node24).catch(() => undefined);
    const image = engine.add('sraas/node24:1', labels);
    expect(await catalog.imageOf(node24)).toBe(image.id);
  });

  it('remembers an image until it is told to forget it', async () => {
    engine.add('sraas/node24:1', labels);
    await Promise.all([catalog.imageOf(node24), catalog.imageOf(node24)]);
    await catalog.imageOf(node24);
    expect(engine.listings).toBe(1);
    const newer = engine.add('sraas/node24:2', labels, new Date(1));
    catalog.forget('node24');
    expect(await catalog.imageOf(node24)).toBe(newer.id);
  });

  it('takes no image for a runtime that merely claims its labels', async () => {
    engine.add('somebody/else:1', labels);
    engine.add('sraas/node24-lookalike:1', labels);
    await expect(catalog.imageOf(node24)).rejects.toMatchObject({ code: 'RUNTIME_NOT_READY' });
  });
});
