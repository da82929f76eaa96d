import { describe, expect, it, vi } from 'vitest';
import type { AliasTarget } from '../../../src/functions/alias.ts';
import { FunctionCatalog } from '../../../src/functions/catalog.ts';
import type { FunctionStore } from '../../../src/functions/function-store.ts';
import type { DeployedFunction } from '../../../src/functions/function.ts';
import { parseReference } from '../../../src/functions/reference.ts';
import { draft } from '../store/drafts.ts';
import { temporaryStore } from '../store/temporary-store.ts';
import { patience } from '../../support/patience.ts';

async function setUp(random?: () => number) {
  const store = await temporaryStore();
  const { functions } = store;
  const catalog = new FunctionCatalog({ ...store, ...(random === undefined ? {} : { random }) });
  const deploy = async (name: string, code: string): Promise<DeployedFunction> => {
    const { fn } = await functions.publish(draft(name, code));
    catalog.published(fn);
    return fn;
  };
  const number = async (reference: string) => (await catalog.resolve(parseReference(reference))).number;
  return { store, functions, catalog, deploy, number };
}

/** Holds back each answer of a store's `find` until it is let go. */
function heldBack(functions: FunctionStore) {
  const releases: (() => void)[] = [];
  const find = functions.find.bind(functions);
  const spy = vi.spyOn(functions, 'find').mockImplementation(async (name) => {
    const answer = await find(name);
    await new Promise<void>((resolve) => releases.push(resolve));
    return answer;
  });
  const release = async (): Promise<void> => {
    await vi.waitUntil(() => releases.length > 0, patience);
    releases.shift()?.();
  };
  return { spy, release };
}

describe('resolving a reference', () => {
  it('gives the newest version, or the one with a number', async () => {
    const { catalog, deploy, number } = await setUp();
    const first = await deploy('hello', 'a');
    const second = await deploy('hello', 'b');
    expect(await catalog.resolve(parseReference('hello'))).toEqual(second.latest);
    expect(await catalog.resolve(parseReference('hello@1'))).toEqual(first.latest);
    expect(await number('hello@2')).toBe(2);
  });

  it('names the function that is not there, and the versions there are', async () => {
    const { deploy, number } = await setUp();
    await deploy('hello', 'a');
    await expect(number('other')).rejects.toMatchObject({
      code: 'FUNCTION_NOT_FOUND',
      message: 'There is no function other: deploy it first, or list the functions there are.',
    });
    await expect(number('other@1')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    await expect(number('hello@2')).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
      message: 'Function hello has no version 2: its newest is 1.',
    });
  });

  it('answers from memory after the first look-up', async () => {
    const { functions, deploy, number } = await setUp();
    await deploy('hello', 'a');
    await deploy('hello', 'b');
    const find = vi.spyOn(functions, 'find');
    const findVersion = vi.spyOn(functions, 'findVersion');
    for (const reference of ['hello', 'hello', 'hello@1', 'hello@1', 'hello@2']) await number(reference);
    expect(find).toHaveBeenCalledTimes(1);
    expect(findVersion).toHaveBeenCalledTimes(1);
  });

  it('asks the store once for calls of one name at the same time, there or not', async () => {
    const { functions, deploy, number } = await setUp();
    await deploy('hello', 'a');
    const find = vi.spyOn(functions, 'find');
    expect(await Promise.all([number('hello'), number('hello'), number('hello@1')])).toEqual([1, 1, 1]);
    const missing = await Promise.allSettled([number('other'), number('other')]);
    expect(missing.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(find).toHaveBeenCalledTimes(2);
  });

  it('does not remember that a name was missing, nor that the store failed', async () => {
    const { functions, number } = await setUp();
    await expect(number('hello')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    await functions.publish(draft('hello'));
    vi.spyOn(functions, 'find').mockRejectedValueOnce(new Error('away'));
    await expect(number('hello')).rejects.toThrow('away');
    expect(await number('hello')).toBe(1);
  });

  it('gives the new version to every call after a deploy, also when an old look-up ends later', async () => {
    const { functions, deploy, number } = await setUp();
    await deploy('hello', 'a');
    const { spy, release } = heldBack(functions);
    const early = number('hello');
    await vi.waitUntil(() => spy.mock.calls.length === 1, patience);
    await deploy('hello', 'b');
    await release();
    expect(await early).toBe(1);
    const late = number('hello');
    await release();
    expect(await late).toBe(2);
  });

  it('finds nothing after a removal, and the new one after the name was deployed again', async () => {
    const { catalog, deploy, number } = await setUp();
    const before = await deploy('hello', 'a');
    await deploy('hello', 'b');
    expect([await number('hello'), await number('hello@1')]).toEqual([2, 1]);
    await catalog.remove('hello');
    await expect(number('hello')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    await expect(number('hello@1')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    await deploy('hello', 'c');
    const version = await catalog.resolve(parseReference('hello@1'));
    expect(version.artifactHash).toBe(draft('x', 'c').artifactHash);
    expect(version.functionId).not.toBe(before.id);
  });

  it('keeps names of object members apart from those objects', async () => {
    const { number } = await setUp();
    for (const name of ['constructor', 'toString', 'hasOwnProperty']) {
      await expect(number(name)).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    }
  });
});

describe('an alias', () => {
  async function withAlias(random: () => number) {
    const { store, catalog, deploy } = await setUp(random);
    await deploy('hello', 'a');
    await deploy('hello', 'b');
    const put = async (target: AliasTarget) => {
      const { alias } = await store.aliases.put({ functionName: 'hello', name: 'live', target, at: new Date(0) });
      catalog.changed({ id: alias.functionId, name: 'hello' });
    };
    const number = async () => (await catalog.resolve(parseReference('hello:live'))).number;
    return { store, catalog, deploy, put, number };
  }

  it('gives each version of an alias its share of the calls', async () => {
    let random = 0;
    const { put, number } = await withAlias(() => random);
    await put({ version: 1, other: { version: 2, percent: 10 } });
    const numbers: number[] = [];
    for (random = 0; random < 1; random += 0.05) numbers.push(await number());
    expect(numbers).toEqual([2, 2, ...Array<number>(18).fill(1)]);
  });

  it('is answered from memory until it leads elsewhere', async () => {
    const { store, put, number } = await withAlias(() => 0);
    await put({ version: 1 });
    const find = vi.spyOn(store.aliases, 'find');
    expect([await number(), await number()]).toEqual([1, 1]);
    expect(find).toHaveBeenCalledTimes(1);
    await put({ version: 2 });
    expect(await number()).toBe(2);
  });

  it('is one of its function, not of the name', async () => {
    const { catalog, deploy, put, number } = await withAlias(() => 0);
    await put({ version: 1 });
    expect(await number()).toBe(1);
    await catalog.remove('hello');
    await expect(number()).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    await deploy('hello', 'c');
    await expect(number()).rejects.toMatchObject({ code: 'ALIAS_NOT_FOUND' });
  });
});

describe('the catalog', () => {
  it('shows, lists and removes under checked names only', async () => {
    const { catalog } = await setUp();
    for (const call of [
      () => catalog.show('../x'),
      () => catalog.remove('a\0'),
      () => catalog.versions('a b', { limit: 1 }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'INVALID_NAME' });
    }
  });

  it('lists functions page by page until there is no more', async () => {
    const { catalog, deploy } = await setUp();
    for (const name of ['a', 'b', 'c', 'd']) await deploy(name, 'a');
    const first = await catalog.list({ limit: 3 });
    expect([first.items.map((fn) => fn.name), first.next]).toEqual([['a', 'b', 'c'], 'c']);
    const second = await catalog.list({ limit: 3, after: 'c' });
    expect([second.items.map((fn) => fn.name), second.next]).toEqual([['d'], undefined]);
    expect((await catalog.list({ limit: 4 })).next).toBeUndefined();
  });

  it('lists versions page by page, newest first, of a function that is there', async () => {
    const { catalog, deploy } = await setUp();
    for (const code of ['a', 'b', 'c']) await deploy('hello', code);
    const first = await catalog.versions('hello', { limit: 2 });
    expect([first.items.map((version) => version.number), first.next]).toEqual([[3, 2], 2]);
    const second = await catalog.versions('hello', { limit: 2, before: 2 });
    expect([second.items.map((version) => version.number), second.next]).toEqual([[1], undefined]);
    await expect(catalog.versions('other', { limit: 2 })).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
  });

  it.each([0, -1, 1.5, 1001, NaN])('refuses a page of %d', async (limit) => {
    const { catalog } = await setUp();
    await expect(catalog.list({ limit })).rejects.toMatchObject({ code: 'INVALID_QUERY' });
  });

  it('tells listeners what was published and removed, until they have heard enough', async () => {
    const { catalog, deploy } = await setUp();
    const heard: string[] = [];
    const stops = [
      catalog.onPublished((fn) => heard.push(`published ${fn.name} ${fn.latest.number}`)),
      catalog.onRemoved((removed) => heard.push(`removed ${removed.name} ${removed.id}`)),
    ];
    const { id } = await deploy('hello', 'a');
    await catalog.remove('hello');
    await expect(catalog.remove('hello')).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    for (const stop of stops) stop();
    await deploy('hello', 'b');
    await catalog.remove('hello');
    expect(heard).toEqual(['published hello 1', `removed hello ${id}`]);
  });
});
