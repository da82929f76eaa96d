import { describe, expect, it } from 'vitest';
import type { AliasTarget } from '../../../src/functions/alias.ts';
import { mostAliases } from '../../../src/functions/alias-store.ts';
import { tagOfAlias } from '../../../src/functions/entity-tag.ts';
import { draft } from './drafts.ts';
import { temporaryStore } from './temporary-store.ts';

const at = new Date('2026-03-04T05:06:07.890Z');

/** A store with a function of four versions. */
async function setUp() {
  const store = await temporaryStore();
  for (const code of ['a', 'b', 'c', 'd']) await store.functions.publish(draft('hello', code));
  const { aliases } = store;
  const put = (target: AliasTarget, name = 'live') => aliases.put({ functionName: 'hello', name, target, at });
  return { ...store, put };
}

describe('an alias', () => {
  it('is made, found, moved and removed', async () => {
    const { aliases, put } = await setUp();
    const { alias, outcome } = await put({ version: 1 });
    expect(outcome).toBe('created');
    expect(alias).toMatchObject({
      functionName: 'hello',
      name: 'live',
      target: { version: 1 },
      previous: undefined,
      revision: 1,
      createdAt: at,
      updatedAt: at,
    });
    expect(await aliases.find('hello', 'live')).toEqual(alias);

    const split = { version: 2, other: { version: 3, percent: 10 } };
    const moved = await put(split);
    expect(moved).toMatchObject({
      outcome: 'updated',
      alias: { target: split, previous: { version: 1 }, revision: 2 },
    });
    expect(await aliases.list('hello')).toEqual([moved.alias]);
    expect(await aliases.all()).toEqual([moved.alias]);

    expect(await aliases.remove('hello', 'live')).toEqual(moved.alias);
    expect(await aliases.find('hello', 'live')).toBeUndefined();
    await expect(aliases.remove('hello', 'live')).rejects.toMatchObject({ code: 'ALIAS_NOT_FOUND' });
  });

  it('is left as it is when it leads there already', async () => {
    const { put } = await setUp();
    const first = await put({ version: 1, other: { version: 2, percent: 50 } });
    expect(await put({ version: 1, other: { version: 2, percent: 50 } })).toEqual({
      alias: first.alias,
      outcome: 'unchanged',
    });
    expect((await put({ version: 1, other: { version: 2, percent: 51 } })).outcome).toBe('updated');
  });

  it('leads to versions that are there, of a function that is there', async () => {
    const { aliases, put } = await setUp();
    await expect(put({ version: 9, other: { version: 8, percent: 1 } })).rejects.toMatchObject({
      code: 'INVALID_ALIAS',
      violations: [
        { pointer: '/version', message: 'must be a version of hello, which has no version 9' },
        { pointer: '/other_version', message: 'must be a version of hello, which has no version 8' },
      ],
    });
    const other = aliases.put({ functionName: 'other', name: 'live', target: { version: 1 }, at });
    await expect(other).rejects.toMatchObject({ code: 'FUNCTION_NOT_FOUND' });
    expect(await aliases.all()).toEqual([]);
  });

  it('goes back to where it led before, and forth again', async () => {
    const { aliases, put } = await setUp();
    const rollBack = () => aliases.rollBack({ functionName: 'hello', name: 'live', at });
    await expect(rollBack()).rejects.toMatchObject({ code: 'ALIAS_NOT_FOUND' });
    await put({ version: 1 });
    await expect(rollBack()).rejects.toMatchObject({ code: 'VERSION_NOT_FOUND' });
    const split = { version: 2, other: { version: 3, percent: 10 } };
    await put(split);
    expect(await rollBack()).toMatchObject({ target: { version: 1 }, previous: split, revision: 3 });
    expect(await rollBack()).toMatchObject({ target: split, previous: { version: 1 }, revision: 4 });
    const named = { functionName: 'hello', name: 'live', target: { version: 4 }, at };
    expect(await aliases.rollBack(named)).toMatchObject({ target: { version: 4 }, previous: split, revision: 5 });
    expect((await aliases.rollBack(named)).revision).toBe(5);
  });

  it('does not go back to a version that was removed', async () => {
    const { aliases, functions, put } = await setUp();
    await put({ version: 1 });
    await put({ version: 2 });
    await functions.removeVersion('hello', 1);
    await expect(aliases.rollBack({ functionName: 'hello', name: 'live', at })).rejects.toMatchObject({
      code: 'VERSION_NOT_FOUND',
      message:
        'The alias hello:live cannot go back to version 1, which is not there: say which version it is to lead to.',
    });
  });

  it('is changed only by those who know its present state, if they say so', async () => {
    const { aliases, put } = await setUp();
    const wish = { functionName: 'hello', name: 'live', at };
    const first = await aliases.put({ ...wish, target: { version: 1 }, precondition: { ifNoneMatch: '*' } });
    const seen = { ifMatch: [tagOfAlias(first.alias)] };
    await put({ version: 2 });
    for (const change of [
      () => aliases.put({ ...wish, target: { version: 3 }, precondition: seen }),
      () => aliases.put({ ...wish, target: { version: 3 }, precondition: { ifNoneMatch: '*' } }),
      () => aliases.rollBack({ ...wish, precondition: seen }),
      () => aliases.remove('hello', 'live', seen),
      () => aliases.put({ ...wish, name: 'none', target: { version: 3 }, precondition: { ifMatch: '*' } }),
    ]) {
      await expect(change()).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
    }
    expect(await aliases.list('hello')).toMatchObject([{ name: 'live', target: { version: 2 }, revision: 2 }]);
  });

  it('that is made anew has a tag that none had before', async () => {
    const { aliases, put } = await setUp();
    const { alias } = await put({ version: 1 });
    await aliases.remove('hello', 'live');
    const later = new Date(at.getTime() + 1);
    const again = await aliases.put({ functionName: 'hello', name: 'live', target: { version: 1 }, at: later });
    expect(again.alias.revision).toBe(alias.revision);
    expect(tagOfAlias(again.alias)).not.toBe(tagOfAlias(alias));
  });

  it('is one of a bounded number', async () => {
    const { aliases, put } = await setUp();
    for (let index = 0; index < mostAliases; index += 1) await put({ version: 1 }, `alias-${index}`);
    await expect(put({ version: 1 }, 'one-more')).rejects.toMatchObject({ code: 'INVALID_ALIAS' });
    expect((await put({ version: 2 }, 'alias-0')).outcome).toBe('updated');
    await aliases.remove('hello', 'alias-1');
    expect((await put({ version: 1 }, 'one-more')).outcome).toBe('created');
  });

  it('goes with its function, and the name made anew has none', async () => {
    const { aliases, functions, put } = await setUp();
    await put({ version: 2 });
    await functions.remove('hello');
    await functions.publish(draft('hello'));
    expect(await aliases.find('hello', 'live')).toBeUndefined();
    expect(await aliases.all()).toEqual([]);
  });

  it('is left whole by 20 changes at once, of which each saw the one before', async () => {
    const { aliases, put } = await setUp();
    await put({ version: 4 });
    await Promise.all(Array.from({ length: 20 }, (_, index) => put({ version: 1 + (index % 2) })));
    expect(await aliases.find('hello', 'live')).toMatchObject({ revision: 21, target: { version: 2 } });
  });
});
