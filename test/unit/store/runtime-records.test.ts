import { describe, expect, it } from 'vitest';
import type { BuildRecord } from '../../../src/runtimes/custom/custom-runtime.ts';
import type { RuntimeDraft } from '../../../src/runtimes/custom/runtime-store.ts';
import { draft } from './drafts.ts';
import { image } from './images.ts';
import { temporaryPlace, temporaryStore } from './temporary-store.ts';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 2, 3, minute));

const runtimeDraft = (name = 'mine', description = 'what it is'): RuntimeDraft => ({
  name,
  description,
  contract: 'handler',
  createdAt: at(0),
});

const build = (id: string, members: Partial<BuildRecord> = {}): BuildRecord => ({
  id,
  state: 'building',
  queuedAt: at(0),
  endedAt: undefined,
  problem: undefined,
  problemLine: undefined,
  ...members,
});

const ended = (id: string) => build(id, { state: 'succeeded', endedAt: at(1) });

describe('the records of custom runtimes', () => {
  it('go from a build that begins to an image that serves, and outlive the process', async () => {
    const place = await temporaryPlace();
    const store = await place.open();
    const begun = await store.runtimes.begin(runtimeDraft(), build('b1'));
    expect(begun).toEqual({
      ...runtimeDraft(),
      imageKey: undefined,
      use: undefined,
      updatedAt: at(0),
      lastBuild: build('b1'),
    });
    await store.images.save(image('one'));
    const log = 'line \u0000 with a NUL, half a pair \ud800 and an emoji 🙂\n';
    const success = { draft: runtimeDraft('mine', 'another'), image: image('one') };
    const runtime = await store.runtimes.end('mine', { build: ended('b1'), log, success });
    expect(runtime).toMatchObject({
      description: 'another',
      imageKey: image('one').key,
      use: 'node',
      updatedAt: at(1),
      lastBuild: ended('b1'),
    });
    await store.close();
    const again = await place.openUntilFinished();
    expect(await again.runtimes.all()).toEqual([runtime]);
    expect(await again.runtimes.log('mine')).toBe(log);
    expect(await again.runtimes.log('other')).toBeUndefined();
  });

  it('keep what serves when a later build fails', async () => {
    const { runtimes, images } = await temporaryStore();
    await images.save(image('one'));
    await runtimes.begin(runtimeDraft(), build('b1'));
    const success = { draft: runtimeDraft(), image: image('one') };
    const first = await runtimes.end('mine', { build: ended('b1'), log: '', success });
    await runtimes.begin(runtimeDraft('mine', 'second'), build('b2'));
    const failed = build('b2', { state: 'failed', endedAt: at(5), problem: 'Line 3: no.', problemLine: 3 });
    expect(await runtimes.end('mine', { build: failed, log: 'why' })).toEqual({ ...first, lastBuild: failed });
  });

  it('take the end of the last build only', async () => {
    const { runtimes } = await temporaryStore();
    await runtimes.begin(runtimeDraft(), build('b1'));
    await runtimes.begin(runtimeDraft(), build('b2'));
    expect(await runtimes.end('mine', { build: ended('b1'), log: 'old' })).toBeUndefined();
    expect(await runtimes.end('gone', { build: ended('b1'), log: 'old' })).toBeUndefined();
    expect(await runtimes.all()).toMatchObject([{ lastBuild: { id: 'b2', state: 'building' } }]);
    expect(await runtimes.log('mine')).toBe('');
  });

  it('call builds failed that an earlier run left under way, and no others', async () => {
    const { runtimes } = await temporaryStore();
    await runtimes.begin(runtimeDraft('one'), build('b1'));
    await runtimes.begin(runtimeDraft('two'), build('b2'));
    await runtimes.end('two', { build: ended('b2'), log: '' });
    await runtimes.interrupt('It stopped.', at(9));
    expect((await runtimes.all()).map(({ lastBuild }) => lastBuild)).toEqual([
      build('b1', { state: 'failed', problem: 'It stopped.', endedAt: at(9) }),
      ended('b2'),
    ]);
  });

  it('are not removed while some version names them', async () => {
    const { runtimes, functions } = await temporaryStore();
    await runtimes.begin(runtimeDraft(), build('b1'));
    for (const name of ['b', 'a']) {
      await functions.publish({ ...draft(name, 'x', { runtime: 'mine' }), usesCustomRuntime: true });
    }
    await functions.publish(draft('a', 'y'));
    expect(await runtimes.usedBy('mine', 5)).toEqual(['a', 'b']);
    expect(await runtimes.usedBy('mine', 1)).toEqual(['a']);
    expect(await runtimes.remove('mine')).toBe('in_use');
    await functions.remove('a');
    await functions.remove('b');
    expect(await runtimes.remove('mine')).toBe('removed');
    expect(await runtimes.remove('mine')).toBe('missing');
  });
});

describe('the records of images', () => {
  it('are replaced under the same key, and read back whole', async () => {
    const { images } = await temporaryStore();
    const program = { ...image('two', 'command'), interpreter: undefined, contextHash: undefined };
    await images.save(image('one'));
    await images.save(program);
    await images.save({ ...image('one'), imageId: 'sha256:anew' });
    const all = await images.all();
    expect(new Set(all)).toEqual(new Set([{ ...image('one'), imageId: 'sha256:anew' }, program]));
    expect(await images.contextsInUse()).toEqual(new Set([image('one').contextHash]));
  });

  it('are collected when neither a runtime nor a version refers to them', async () => {
    const { images, runtimes, functions } = await temporaryStore();
    for (const name of ['served', 'deployed', 'free']) await images.save(image(name));
    await runtimes.begin(runtimeDraft(), build('b1'));
    const success = { draft: runtimeDraft(), image: image('served') };
    await runtimes.end('mine', { build: ended('b1'), log: '', success });
    await functions.publish({ ...draft('own'), imageKey: image('deployed').key });

    expect(await images.collect(at(0), at(0), new Set([image('free').key]))).toEqual([]);
    expect(await images.collect(at(1), at(0), new Set())).toEqual([image('free')]);
    await functions.remove('own');
    await runtimes.remove('mine');
    expect(await images.collect(at(2), at(1), new Set())).toEqual([]);
    await images.touch(image('served').recipeHash);
    expect(await images.collect(at(3), at(2), new Set())).toEqual([image('deployed')]);
    expect(await images.all()).toEqual([image('served')]);
  });
});

describe('a version', () => {
  it('keeps the image that was built for it, and having no handler', async () => {
    const { functions } = await temporaryStore();
    const { imageKey, entry } = { imageKey: image('one', 'command').key, entry: undefined };
    const plain = draft('own');
    const config = { ...plain.config, runtime: 'dockerfile', handler: undefined };
    const { fn } = await functions.publish({ ...plain, config, imageKey, entry });
    expect(fn.latest).toMatchObject({ imageKey, entry, config });
    expect((await functions.publish({ ...plain, config, imageKey, entry })).outcome).toBe('unchanged');
    const other = { ...plain, config, entry, imageKey: image('two', 'command').key };
    expect((await functions.publish(other)).outcome).toBe('updated');
  });
});
