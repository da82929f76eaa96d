import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ImageBuilder, type BuiltImage } from '../../../src/runtimes/image-builder.ts';
import { RuntimeCatalog } from '../../../src/runtimes/runtime-catalog.ts';
import { builtInRuntimes, type Runtime } from '../../../src/runtimes/runtime.ts';
import { FakeImageEngine } from './fake-image-engine.ts';

const [node24] = builtInRuntimes as [Runtime];

describe('the images of built-in runtimes', () => {
  let engine: FakeImageEngine;
  let directory: string;
  beforeEach(async () => {
    engine = new FakeImageEngine();
    engine.add('node:24-slim');
    directory = await mkdtemp(join(tmpdir(), 'sraas-images-'));
    await cp(join(import.meta.dirname, '../../../images'), directory, { recursive: true });
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  function build(force = false): Promise<BuiltImage> {
    return new ImageBuilder(engine, directory).build(node24, { onProgress: () => undefined, force });
  }

  it('carry labels that say what they are, and are built without a network', async () => {
    const { base, built, image } = await build();
    expect({ base, built }).toEqual({ base: 'official: node:24-slim', built: true });
    expect(image.labels).toEqual({
      'sraas.managed': '1',
      'sraas.runtime': 'node24',
      'sraas.base': 'official: node:24-slim',
      'sraas.recipe': expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(engine.builds[0]).toMatchObject({ network: 'none', buildArguments: { BASE: 'node:24-slim' } });
    expect(engine.builds[0]?.reference).toMatch(/^sraas\/node24:[0-9a-f]{12}$/);
  });

  it('are not built twice from the same recipe, unless that is forced', async () => {
    const first = await build();
    expect(await build()).toEqual({ ...first, built: false });
    expect((await build(true)).built).toBe(true);
    expect(engine.builds).toHaveLength(2);
  });

  it('are not built when the caller gave up, who gets the reason back', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    const builder = new ImageBuilder(new FakeImageEngine(), directory);
    await expect(builder.build(node24, { onProgress: () => undefined, signal })).rejects.toThrow('enough');
  });

  it('are built anew when the recipe changed, and count as missing until then', async () => {
    await build();
    const catalog = new RuntimeCatalog(engine, directory);
    await catalog.imageOf(node24);
    await writeFile(join(directory, 'node24/Dockerfile'), 'ARG BASE\nFROM ${BASE}\nUSER 1\n');
    expect((await catalog.states())[0]).toEqual({ runtime: node24, state: 'missing' });
    expect((await build()).built).toBe(true);
    expect((await catalog.states())[0]).toMatchObject({ state: 'ready', base: 'official: node:24-slim' });
  });
});
