import { describe, expect, it } from 'vitest';
import { parseRuntimeDefinition } from '../../../../src/runtimes/custom/runtime-definition.ts';
import { draft } from '../../store/drafts.ts';
import { patience } from '../../../support/patience.ts';
import { recipeOf, workshop } from './workshop.ts';

type Workshop = Awaited<ReturnType<typeof workshop>>;

const defined = (dockerfile: string, members: object = {}) =>
  parseRuntimeDefinition({ contract: 'command', dockerfile, ...members }, false);

const order = ({ runtimes }: Workshop, name: string, dockerfile: string, members: object = {}) =>
  runtimes.put(name, defined(dockerfile, members), recipeOf(dockerfile));

async function made(shop: Workshop, name: string, dockerfile: string, members: object = {}, imageId = 'sha256:one') {
  const ordered = await order(shop, name, dockerfile, members);
  shop.builds.last.succeed({ imageId });
  return { ordered, runtime: await ordered.finished };
}

/** Deploys a function that names the runtime. */
async function use({ functions }: Workshop, runtime: string): Promise<void> {
  await functions.publish({ ...draft('user', 'a', { runtime }), usesCustomRuntime: true });
}

describe('a runtime that is made', () => {
  it('serves when its build has ended well, and is told of', async () => {
    const shop = await workshop();
    const ordered = await order(shop, 'mine', 'FROM a', { description: 'for me' });
    expect(ordered.isNew).toBe(true);
    shop.builds.last.say('Step 1');
    shop.builds.last.succeed();
    const runtime = await ordered.finished;
    expect(runtime).toMatchObject({
      name: 'mine',
      description: 'for me',
      contract: 'command',
      use: 'command',
      lastBuild: { id: 'build-1', state: 'succeeded', problem: undefined },
    });
    expect(shop.runtimes.imageOf(runtime)).toMatchObject({ imageId: 'sha256:one' });
    expect(shop.changed).toEqual(['mine']);
    expect(await shop.runtimes.lastBuild('mine')).toMatchObject({ log: 'Step 1\n' });
    expect((await made(shop, 'mine', 'FROM a')).ordered.isNew).toBe(false);
    expect(shop.changed).toEqual(['mine']);

    const next = await workshop(shop.store);
    expect(next.runtimes.show('mine')).toEqual(shop.runtimes.show('mine'));
    expect(await next.runtimes.lastBuild('mine')).toMatchObject({ build: { state: 'succeeded' } });
  });

  it('is there without an image while it is built, and after a build that failed', async () => {
    const shop = await workshop();
    const ordered = await order(shop, 'mine', 'FROM a');
    const ended = expect(ordered.finished).rejects.toMatchObject({ code: 'RUNTIME_BUILD_FAILED' });
    await expect
      .poll(() => shop.runtimes.find('mine'), patience)
      .toMatchObject({ imageKey: undefined, lastBuild: { state: 'building' } });
    shop.builds.last.fail('Line 3: no.', 3);
    await ended;
    expect(shop.runtimes.show('mine')).toMatchObject({
      imageKey: undefined,
      lastBuild: { state: 'failed', problem: 'Line 3: no.', problemLine: 3 },
    });
    expect(shop.changed).toEqual([]);
  });

  it('keeps what serves when a later build fails, and changes with one that succeeds', async () => {
    const shop = await workshop();
    const { runtime } = await made(shop, 'mine', 'FROM a', { description: 'first' });
    const failing = await order(shop, 'mine', 'FROM b', { description: 'second' });
    shop.builds.last.fail('No.');
    await expect(failing.finished).rejects.toMatchObject({ code: 'RUNTIME_BUILD_FAILED' });
    expect(shop.runtimes.show('mine')).toMatchObject({
      imageKey: runtime.imageKey,
      description: 'first',
      lastBuild: { state: 'failed' },
    });
    const third = await made(shop, 'mine', 'FROM c', { description: 'third' }, 'sha256:three');
    expect(third.runtime.imageKey).not.toBe(runtime.imageKey);
    expect(third.runtime).toMatchObject({ description: 'third', createdAt: runtime.createdAt });
    expect(shop.changed).toEqual(['mine', 'mine']);
  });

  it('is not ordered when the policy refuses it: nothing changes', async () => {
    const shop = await workshop();
    await expect(order(shop, 'mine', 'REFUSED')).rejects.toMatchObject({ code: 'BUILD_REFUSED' });
    expect(shop.runtimes.list()).toEqual([]);
    expect(await shop.store.runtimes.all()).toEqual([]);
  });

  it('follows the newest wish: an earlier build is cancelled, and the same one joined', async () => {
    const shop = await workshop();
    const first = await order(shop, 'mine', 'FROM a');
    const cancelled = expect(first.finished).rejects.toThrow('A newer definition of the runtime came.');
    const second = await order(shop, 'mine', 'FROM b');
    await cancelled;
    const joined = await order(shop, 'mine', 'FROM b', { description: 'joined' });
    expect(joined.id).toBe(second.id);
    shop.builds.last.succeed();
    await second.finished;
    expect(await joined.finished).toMatchObject({ description: 'joined', lastBuild: { id: 'build-2' } });
    expect(shop.builds.ordered).toHaveLength(2);
  });

  it('is failed after a stop in the middle of its build, which says what to do', async () => {
    const shop = await workshop();
    const ordered = await order(shop, 'mine', 'FROM a');
    const ended = expect(ordered.finished).rejects.toMatchObject({ code: 'RUNTIME_BUILD_FAILED' });
    await expect.poll(() => shop.runtimes.find('mine'), patience).toBeDefined();
    // As after a kill: nobody recorded an end.
    const next = await workshop(shop.store);
    expect(next.runtimes.show('mine').lastBuild).toMatchObject({
      state: 'failed',
      problem: 'The server stopped while it was built: send the runtime again.',
    });
    await shop.runtimes.close();
    await ended;
    expect(shop.runtimes.show('mine').lastBuild.state).toBe('cancelled');
  });
});

describe('a build of a runtime', () => {
  it('is followed by any number, from its first line to its end', async () => {
    const shop = await workshop();
    const ordered = await order(shop, 'mine', 'FROM a');
    shop.builds.last.say('one');
    const heard: string[] = [];
    const following = shop.runtimes.follow('mine', ({ text }) => heard.push(text), new AbortController().signal);
    shop.builds.last.say('two');
    shop.builds.last.succeed();
    expect(await following).toBe(true);
    expect(heard).toEqual(['one', 'two']);
    await ordered.finished;
    expect(await shop.runtimes.follow('mine', () => undefined, new AbortController().signal)).toBe(false);
  });

  it('ends when it is cancelled, and not twice', async () => {
    const shop = await workshop();
    const ordered = await order(shop, 'mine', 'FROM a');
    const ended = expect(ordered.finished).rejects.toThrow('The build was cancelled by a request to do so.');
    await shop.runtimes.cancel('mine');
    await ended;
    expect(shop.runtimes.show('mine').lastBuild.state).toBe('cancelled');
    await expect(shop.runtimes.cancel('mine')).rejects.toMatchObject({ code: 'BUILD_NOT_FOUND' });
  });
});

describe('a runtime that functions use', () => {
  it('is not removed, and serves by no other contract or language', async () => {
    const shop = await workshop();
    await made(shop, 'mine', 'FROM a');
    await use(shop, 'mine');
    const inUse = {
      code: 'RUNTIME_IN_USE',
      message: expect.stringContaining('while functions use it: user.') as string,
    };
    await expect(shop.runtimes.remove('mine')).rejects.toMatchObject(inUse);
    await expect(order(shop, 'mine', 'FROM b', { contract: 'handler' })).rejects.toMatchObject(inUse);
    await made(shop, 'mine', 'FROM c', {}, 'sha256:three');
    await shop.functions.remove('user');
    await order(shop, 'mine', 'FROM d', { contract: 'handler' });
  });

  it('looks for the language that they need, where that was left open', async () => {
    const shop = await workshop();
    await made(shop, 'mine', 'FROM a', { contract: 'handler' });
    await use(shop, 'mine');
    shop.files.clear();
    shop.files.add('/usr/bin/node');
    const ordered = await order(shop, 'mine', 'FROM b', { contract: 'handler' });
    shop.builds.last.succeed({ imageId: 'sha256:two' });
    await expect(ordered.finished).rejects.toThrow(/^The image has no python3/);
  });

  it('cannot be removed between a deploy’s check and its publishing', async () => {
    const shop = await workshop();
    await made(shop, 'mine', 'FROM a');
    await shop.runtimes.remove('mine');
    await expect(use(shop, 'mine')).rejects.toMatchObject({ code: 'RUNTIME_NOT_FOUND' });
    expect(await shop.functions.find('user')).toBeUndefined();
  });
});

describe('a runtime that is removed', () => {
  it('is gone, its build cancelled, its image left to be collected', async () => {
    const shop = await workshop();
    await made(shop, 'mine', 'FROM a');
    const later = await order(shop, 'mine', 'FROM b');
    const ended = expect(later.finished).rejects.toThrow('The runtime was removed.');
    await shop.runtimes.remove('mine');
    await ended;
    expect(shop.runtimes.find('mine')).toBeUndefined();
    for (const gone of [shop.runtimes.remove('mine'), shop.runtimes.lastBuild('mine')]) {
      await expect(gone).rejects.toMatchObject({ code: 'CUSTOM_RUNTIME_NOT_FOUND' });
    }
    expect(await shop.images.collect(0)).toMatchObject([{ imageId: 'sha256:one' }]);
    expect(shop.changed).toEqual(['mine', 'mine']);
  });
});
