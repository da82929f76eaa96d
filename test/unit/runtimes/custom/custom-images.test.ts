import { describe, expect, it, vi } from 'vitest';
import type { EngineImage } from '../../../../src/engine/engine.ts';
import { builtReference } from '../../../../src/builds/labels.ts';
import type { MadeImage } from '../../../../src/runtimes/custom/made-image.ts';
import { patience } from '../../../support/patience.ts';
import { recipeOf, workshop } from './workshop.ts';

type Workshop = Awaited<ReturnType<typeof workshop>>;

/** Builds an image of a Dockerfile to its end. */
async function make({ images, builds }: Workshop, dockerfile: string, imageId = 'sha256:one'): Promise<MadeImage> {
  const making = await images.order(recipeOf(dockerfile), 'command');
  builds.last.succeed({ imageId });
  return making.image();
}

const hour = 3_600_000;

describe('an image that is ordered', () => {
  it('is built, tried and recorded, and found again by the next run', async () => {
    const shop = await workshop();
    const making = await shop.images.order(recipeOf('FROM a'), 'handler');
    const lines: string[] = [];
    making.follow(({ text }) => lines.push(text));
    shop.builds.last.say('Step 1');
    shop.builds.last.succeed();
    const image = await making.image();
    expect(image).toMatchObject({
      use: 'python',
      imageId: 'sha256:one',
      interpreter: { path: '/usr/bin/python3', version: '3.11.2' },
      searchPath: '/opt/bin:/usr/bin',
      dockerfile: 'FROM a',
      command: ['/bin/program', '--fast'],
    });
    const said = [
      'Step 1',
      'Trying the image: starting a sandbox on it …',
      'python 3.11.2 at /usr/bin/python3 answers.',
    ];
    expect(lines).toEqual(said);
    expect(making.log()).toBe(said.map((line) => `${line}\n`).join(''));
    expect([making.state, making.problem]).toEqual(['succeeded', undefined]);

    const next = await workshop(shop.store);
    expect(next.images.find(image.key)).toEqual(image);
  });

  it('is tried once for the same image and use', async () => {
    const shop = await workshop();
    for (const _time of [1, 2]) {
      const making = await shop.images.order(recipeOf('FROM a'), 'handler');
      shop.builds.last.succeed();
      await making.image();
    }
    expect(shop.tryHandler).toHaveBeenCalledTimes(1);
    expect(shop.builds.told).toEqual([undefined, shop.builds.last.image?.imageId]);
    const program = await shop.images.order(recipeOf('FROM a'), 'command');
    shop.builds.last.succeed();
    expect(await program.image()).toMatchObject({ use: 'command', interpreter: undefined });
  });

  it('is one making for all who order the same while it is under way', async () => {
    const { images, builds } = await workshop();
    const [one, other] = [
      await images.order(recipeOf('FROM a'), 'command'),
      await images.order(recipeOf('FROM a'), 'command'),
    ];
    expect(other).toBe(one);
    builds.last.succeed();
    await one.ended;
    expect(await images.order(recipeOf('FROM a'), 'command')).not.toBe(one);
  });

  it('tells in one sentence why it came to nothing, and is not recorded', async () => {
    const shop = await workshop();
    const failing = await shop.images.order(recipeOf('FROM a'), 'command');
    shop.builds.last.fail('Line 2: RUN false: exit code 1.', 2);
    await expect(failing.image()).rejects.toMatchObject({
      code: 'RUNTIME_BUILD_FAILED',
      message: 'Line 2: RUN false: exit code 1.',
    });
    expect(failing).toMatchObject({ state: 'failed', problem: { line: 2 } });

    const idle = await shop.images.order(recipeOf('FROM b'), 'command');
    shop.builds.last.succeed({ command: [] });
    await expect(idle.image()).rejects.toThrow(/^The image has neither CMD nor ENTRYPOINT/);
    expect(idle.log()).toContain('neither CMD nor ENTRYPOINT');
    expect(await shop.store.images.all()).toEqual([]);
  });

  it('keeps the platform’s own failures for the operator', async () => {
    const shop = await workshop();
    shop.tryHandler.mockRejectedValueOnce(new Error('secret path'));
    const making = await shop.images.order(recipeOf('FROM a'), 'python');
    shop.builds.last.succeed();
    await expect(making.image()).rejects.toThrow('The image could not be tried; the server log has why.');
    expect(making.log()).not.toContain('secret');
    expect(shop.failures).toEqual(['An image that was built could not be tried']);
  });

  it('can be cancelled while it is built and while it is tried', async () => {
    const shop = await workshop();
    const building = await shop.images.order(recipeOf('FROM a'), 'command');
    building.cancel();
    await building.ended;
    expect(building).toMatchObject({
      state: 'cancelled',
      problem: { detail: expect.stringContaining('cancelled') as string },
    });
    expect(shop.builds.last.cancelled).toBe(true);

    let begun: () => void = () => undefined;
    const isTried = new Promise<void>((resolve) => {
      begun = resolve;
    });
    shop.tryHandler.mockImplementationOnce(
      (_candidate, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(signal.reason as Error);
          });
          begun();
        }),
    );
    const trying = await shop.images.order(recipeOf('FROM b'), 'python');
    shop.builds.last.succeed();
    await isTried;
    trying.cancel('Enough.');
    await expect(trying.image()).rejects.toThrow('Enough.');
    expect(trying.state).toBe('cancelled');
  });
});

describe('an image to start from', () => {
  it('is asked of the engine once', async () => {
    const shop = await workshop();
    const { key } = await make(shop, 'FROM a');
    expect(await shop.images.imageIdOf(key)).toBe('sha256:one');
    shop.images.forget(key);
    shop.present.add('sha256:one');
    expect(await shop.images.imageIdOf(key)).toBe('sha256:one');
  });

  it('is built again when the engine has lost it, under the same key', async () => {
    const shop = await workshop();
    const { key } = await make(shop, 'FROM a');
    shop.images.forget(key);
    for (const _call of [1, 2]) {
      await expect(shop.images.imageIdOf(key)).rejects.toMatchObject({
        code: 'RUNTIME_NOT_READY',
        message: 'The image is gone and is being built again; try again shortly.',
        retryAfterSeconds: 5,
      });
    }
    await vi.waitFor(() => {
      expect(shop.builds.ordered).toHaveLength(2);
    }, patience);
    shop.builds.last.succeed({ imageId: 'sha256:two' });
    await vi.waitFor(() => {
      expect(shop.images.find(key)?.imageId).toBe('sha256:two');
    }, patience);
    expect(await shop.images.imageIdOf(key)).toBe('sha256:two');
    expect(await shop.store.images.all()).toMatchObject([{ key, imageId: 'sha256:two' }]);
  });

  it('is not built again and again when that fails', async () => {
    const shop = await workshop();
    const { key } = await make(shop, 'FROM a');
    shop.images.forget(key);
    await expect(shop.images.imageIdOf(key)).rejects.toMatchObject({ code: 'RUNTIME_NOT_READY' });
    await vi.waitFor(() => {
      expect(shop.builds.ordered).toHaveLength(2);
    }, patience);
    shop.builds.last.fail('Line 1: no base.');
    await vi.waitFor(() => {
      expect(shop.failures).toEqual(['An image that was lost could not be built again']);
    }, patience);
    await expect(shop.images.imageIdOf(key)).rejects.toMatchObject({
      message: 'The image is gone and could not be built again: Line 1: no base.',
      retryAfterSeconds: 60,
    });
    expect(shop.builds.ordered).toHaveLength(2);
  });
});

describe('images that nothing refers to', () => {
  it('go after their time of grace, and at once when asked', async () => {
    const shop = await workshop();
    const { key } = await make(shop, 'FROM a');
    expect(await shop.images.collect(hour)).toEqual([]);
    shop.pass(hour - 1);
    expect(await shop.images.collect(hour)).toEqual([]);
    shop.pass(1);
    expect(await shop.images.collect(hour)).toEqual([{ imageId: 'sha256:one', sizeBytes: 1000 }]);
    expect(shop.builds.removed).toEqual(['sha256:one']);
    expect(shop.images.find(key)).toBeUndefined();
    await expect(shop.images.imageIdOf(key)).rejects.toMatchObject({ code: 'RUNTIME_NOT_READY' });

    await make(shop, 'FROM b', 'sha256:two');
    expect(await shop.images.collect(0)).toMatchObject([{ imageId: 'sha256:two' }]);
  });

  it('go with what waits on them, and from under no name that somebody else gave them', async () => {
    const shop = await workshop();
    const { key } = await make(shop, 'FROM a');
    shop.present.add('sha256:one');
    const waiting: unknown[] = [];
    shop.images.onRemoved((removed) => {
      waiting.push([removed, shop.present.has('sha256:one')]);
      return Promise.resolve();
    });
    await shop.images.collect(0);
    expect(waiting).toEqual([[key, true]]);
    expect([...shop.present]).toEqual([]);

    await make(shop, 'FROM b', 'sha256:two');
    shop.present.add('sha256:two');
    shop.named.add('sha256:two');
    await shop.images.collect(0);
    expect(shop.builds.removed).toEqual(['sha256:one', 'sha256:two']);
    expect([...shop.present]).toEqual(['sha256:two']);
  });

  it('stay while somebody is about to use them, and have a new time of grace when they are ordered again', async () => {
    const shop = await workshop();
    const { key } = await make(shop, 'FROM a');
    await shop.images.collect(hour);
    shop.pass(hour);
    const release = shop.images.hold(key);
    expect(await shop.images.collect(hour)).toEqual([]);
    release();
    await make(shop, 'FROM a');
    expect(await shop.images.collect(hour)).toEqual([]);
  });

  it('stay where another record names the same image', async () => {
    const shop = await workshop();
    await make(shop, 'FROM a');
    const kept = await make(shop, 'FROM b');
    shop.images.hold(kept.key);
    expect(await shop.images.collect(0)).toEqual([]);
    expect(await shop.store.images.all()).toMatchObject([{ key: kept.key }]);
    expect(shop.builds.removed).toEqual([]);
  });

  it('are tried again when the engine would not remove them', async () => {
    const shop = await workshop();
    await make(shop, 'FROM a');
    shop.builds.removalFailure = new Error('in use');
    expect(await shop.images.collect(0)).toEqual([]);
    expect(shop.failures).toEqual(['The image sha256:one could not be removed yet']);
    shop.builds.removalFailure = undefined;
    expect(await shop.images.collect(0)).toMatchObject([{ imageId: 'sha256:one' }]);
  });

  it('are found on the engine where nobody recorded them, but not while something is under way', async () => {
    const shop = await workshop();
    const createdAt = new Date('2025-12-31T00:00:00.000Z');
    const image = { id: 'sha256:lost', references: [builtReference('x')], labels: {}, sizeBytes: 5, createdAt };
    shop.listed.push(image, { ...image, id: 'sha256:foreign', references: ['debian:12'] } satisfies EngineImage);
    const making = await shop.images.order(recipeOf('FROM a'), 'command');
    expect(await shop.images.collect(0)).toEqual([]);
    making.cancel();
    await making.ended;
    expect(await shop.images.collect(0)).toEqual([{ imageId: 'sha256:lost', sizeBytes: 5 }]);
  });
});
