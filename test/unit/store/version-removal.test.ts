import { describe, expect, it } from 'vitest';
import { functionTag } from '../../../src/functions/entity-tag.ts';
import { acceptedWork } from '../async/invocation-records.ts';
import { draft } from './drafts.ts';
import { temporaryStore } from './temporary-store.ts';

async function setUp() {
  const store = await temporaryStore();
  for (const code of ['a', 'b', 'c']) await store.functions.publish(draft('hello', code));
  const { id } = await store.functions.publish(draft('hello', 'd')).then(({ fn }) => fn);
  return { ...store, id };
}

describe('removing a version', () => {
  it('removes that one, frees its code, and never gives its number again', async () => {
    const { functions, id } = await setUp();
    expect(await functions.removeVersion('hello', 2)).toBe(id);
    expect((await functions.listVersions('hello', { limit: 10 })).map(({ number }) => number)).toEqual([4, 3, 1]);
    expect(await functions.findVersion('hello', 2)).toBeUndefined();
    expect((await functions.artifactHashesInUse()).has(draft('hello', 'b').artifactHash)).toBe(false);
    expect((await functions.publish(draft('hello', 'e'))).fn.latest.number).toBe(5);
  });

  it('is refused for the newest, and for what an alias points at', async () => {
    const { functions, aliases } = await setUp();
    const target = { version: 1, other: { version: 2, percent: 5 } };
    await aliases.put({ functionName: 'hello', name: 'live', target, at: new Date(0) });
    await expect(functions.removeVersion('hello', 4)).rejects.toMatchObject({
      code: 'VERSION_IN_USE',
      message: 'Version 4 of hello is the newest: deploy or roll back first, or remove the function.',
    });
    for (const number of [1, 2]) {
      await expect(functions.removeVersion('hello', number)).rejects.toMatchObject({
        code: 'VERSION_IN_USE',
        message: `Version ${number} of hello is what hello:live points at: point it elsewhere first.`,
      });
    }
    await functions.removeVersion('hello', 3);
  });

  it('is refused while accepted work waits for the version, and possible afterwards', async () => {
    const { functions, work } = await setUp();
    const version = await functions.findVersion('hello', 2);
    if (version === undefined) throw new Error('there is no version 2');
    const accepted = acceptedWork(version);
    await work.accept(accepted);
    await expect(functions.removeVersion('hello', 2)).rejects.toMatchObject({
      code: 'VERSION_IN_USE',
      message: 'Version 2 of hello has accepted work that is not done: wait for it, or cancel it.',
    });
    expect(await functions.findVersion('hello', 2)).toEqual(version);
    await work.cancel(accepted.record.id, new Date(1));
    await functions.removeVersion('hello', 2);
  });

  it('never leaves accepted work without its version, however the two meet', async () => {
    const { functions, work } = await setUp();
    for (const number of [1, 2, 3]) {
      const version = await functions.findVersion('hello', number);
      if (version === undefined) throw new Error(`there is no version ${number}`);
      const [removal, ...accepts] = await Promise.allSettled([
        functions.removeVersion('hello', number),
        ...Array.from({ length: 5 }, () => work.accept(acceptedWork(version))),
      ]);
      const isThere = (await functions.findVersion('hello', number)) !== undefined;
      expect(isThere).toBe(removal.status === 'rejected');
      expect(accepts.some(({ status }) => status === 'fulfilled')).toBe(isThere);
    }
  });

  it('says what is not there', async () => {
    const { functions } = await setUp();
    await expect(functions.removeVersion('other', 1)).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    await expect(functions.removeVersion('hello', 9)).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
  });
});

describe('a condition', () => {
  it('on the present state keeps publishes and removals from what somebody changed meanwhile', async () => {
    const { functions, id } = await setUp();
    const old = { ifMatch: [functionTag(id, 3)] };
    const present = { ifMatch: ['another', functionTag(id, 4)] };
    for (const change of [
      () => functions.publish({ ...draft('hello', 'x'), precondition: old }),
      () => functions.publish({ ...draft('hello', 'd'), precondition: old }),
      () => functions.remove('hello', old),
      () => functions.removeVersion('hello', 1, old),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    }
    expect((await functions.find('hello'))?.latest.number).toBe(4);
    await functions.removeVersion('hello', 1, present);
    expect((await functions.publish({ ...draft('hello', 'x'), precondition: present })).fn.latest.number).toBe(5);
    await functions.remove('hello', { ifMatch: '*' });
  });

  it('that there be nothing, or something, decides who makes a function', async () => {
    const { functions } = await temporaryStore();
    const fresh = { ...draft('new'), precondition: { ifNoneMatch: '*' } } as const;
    const there = { ...draft('new'), precondition: { ifMatch: '*' } } as const;
    await expect(functions.publish(there)).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    expect(await functions.find('new')).toBeUndefined();
    const made = await Promise.allSettled(Array.from({ length: 10 }, () => functions.publish(fresh)));
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await functions.publish(there)).outcome).toBe('unchanged');
  });
});

describe('publishing the code of another version', () => {
  it('takes that version to be there still', async () => {
    const { functions } = await setUp();
    const again = { ...draft('hello', 'b'), copiedFrom: 2 };
    await functions.removeVersion('hello', 2);
    await expect(functions.publish(again)).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
    expect((await functions.publish({ ...draft('hello', 'a'), copiedFrom: 1 })).fn.latest.number).toBe(5);
  });
});
