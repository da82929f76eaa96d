import { describe, expect, it } from 'vitest';
import { draft } from './drafts.ts';
import { temporaryStore } from './temporary-store.ts';

describe('publishing', () => {
  it('creates a function with version 1 and gives all of it back', async () => {
    const { functions } = await temporaryStore();
    const wanted = draft('hello', 'a', { env: { A: 'é' }, labels: { team: 'x' }, description: '\ud800 \0 "' });
    const { fn, outcome } = await functions.publish(wanted);
    expect(outcome).toBe('created');
    expect(fn).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      name: 'hello',
      createdAt: wanted.createdAt,
      updatedAt: wanted.createdAt,
      latest: {
        functionId: fn.id,
        functionName: 'hello',
        number: 1,
        config: wanted.config,
        artifactHash: wanted.artifactHash,
        artifactBytes: 123,
        entry: wanted.entry,
        createdAt: wanted.createdAt,
      },
    });
    expect(await functions.find('hello')).toEqual(fn);
    expect(await functions.findVersion('hello', 1)).toEqual(fn.latest);
  });

  it('adds the next version and leaves the one before as it was', async () => {
    const { functions } = await temporaryStore();
    const first = await functions.publish(draft('hello'));
    const later = new Date('2026-02-03T00:00:00.000Z');
    const second = await functions.publish({ ...draft('hello', 'b'), createdAt: later });
    expect(second).toMatchObject({
      outcome: 'updated',
      fn: { id: first.fn.id, updatedAt: later, latest: { number: 2 } },
    });
    expect(second.fn.createdAt).toEqual(first.fn.createdAt);
    expect(await functions.find('hello')).toEqual(second.fn);
    expect(await functions.findVersion('hello', 1)).toEqual(first.fn.latest);
  });

  it('publishes nothing when code, config and entry are those of the newest version', async () => {
    const { functions } = await temporaryStore();
    const first = await functions.publish(draft('hello', 'a', { env: { A: '1', B: '2' } }));
    const again = { ...draft('hello', 'a', { env: { B: '2', A: '1' } }), createdAt: new Date('2027-01-01T00:00:00Z') };
    expect(await functions.publish(again)).toEqual({ outcome: 'unchanged', fn: first.fn });
  });

  it.each([
    ['code', draft('hello', 'b')],
    ['config', draft('hello', 'a', { limits: { pids: 65 } })],
    ['entry file', { ...draft('hello'), entry: { ...draft('hello').entry, file: 'main.cjs' } }],
    ['entry export', { ...draft('hello'), entry: { ...draft('hello').entry, exportName: 'other' } }],
    ['source maps', { ...draft('hello'), entry: { ...draft('hello').entry, sourceMaps: true } }],
  ])('publishes when only the %s differs, and again when it goes back', async (_part, changed) => {
    const { functions } = await temporaryStore();
    await functions.publish(draft('hello'));
    expect((await functions.publish(changed)).fn.latest.number).toBe(2);
    expect((await functions.publish(draft('hello'))).fn.latest.number).toBe(3);
  });

  it('numbers 50 publishes of one name at once from 1 to 50, each with its own code', async () => {
    const { functions } = await temporaryStore();
    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => functions.publish(draft('hello', `code ${i}`))));
    expect(all.map(({ fn }) => fn.latest.number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 50 }, (_, i) => i + 1),
    );
    expect(all.filter(({ outcome }) => outcome === 'created')).toHaveLength(1);
    for (const { fn } of all) expect(await functions.findVersion('hello', fn.latest.number)).toEqual(fn.latest);
    expect((await functions.find('hello'))?.latest.number).toBe(50);
  });

  it('publishes once when 50 callers send the same at once', async () => {
    const { functions } = await temporaryStore();
    const all = await Promise.all(Array.from({ length: 50 }, () => functions.publish(draft('hello'))));
    expect(all.map(({ outcome }) => outcome).sort()).toEqual(['created', ...Array<string>(49).fill('unchanged')]);
  });

  it('keeps names that differ in case, and names of object members, apart', async () => {
    const { functions } = await temporaryStore();
    const names = ['Hello', 'hello', 'constructor', 'hasOwnProperty', 'toString'];
    for (const name of names) await functions.publish(draft(name, name));
    for (const name of names)
      expect((await functions.find(name))?.latest.artifactHash).toBe(draft(name, name).artifactHash);
  });
});

describe('looking up', () => {
  it('finds nothing where there is nothing, also for text that is SQL', async () => {
    const { functions } = await temporaryStore();
    await functions.publish(draft('hello'));
    for (const name of ['other', '', '%', '_____', "' or '1'='1", "hello'; drop table functions; --"]) {
      expect(await functions.find(name)).toBeUndefined();
      expect(await functions.listVersions(name, { limit: 10 })).toEqual([]);
    }
    expect(await functions.findVersion('hello', 2)).toBeUndefined();
    expect(await functions.findVersion('hello', 0)).toBeUndefined();
    expect(await functions.find('hello')).toBeDefined();
  });

  it('refuses text that the database would cut or change, instead of finding or storing something else', async () => {
    const { functions } = await temporaryStore();
    await functions.publish(draft('hello'));
    await expect(functions.find('hello\0')).rejects.toThrow(TypeError);
    await expect(
      functions.publish({ ...draft('x'), entry: { ...draft('x').entry, exportName: 'a\ud800' } }),
    ).rejects.toThrow(TypeError);
    expect(await functions.find('x')).toBeUndefined();
  });

  it('lists functions by name, with their newest version, from a cursor on', async () => {
    const { functions } = await temporaryStore();
    for (const name of ['c', 'a', 'b', 'd']) await functions.publish(draft(name));
    await functions.publish(draft('b', 'newer'));
    const listed = await functions.list({ after: 'a', limit: 2 });
    expect(listed.map((fn) => [fn.name, fn.latest.number])).toEqual([
      ['b', 2],
      ['c', 1],
    ]);
    expect((await functions.list({ limit: 10 })).map((fn) => fn.name)).toEqual(['a', 'b', 'c', 'd']);
    expect(await functions.list({ after: 'd', limit: 10 })).toEqual([]);
    expect(await functions.list({ after: "' or 1=1 --", limit: 1 })).toHaveLength(1);
  });

  it('lists versions from the newest on, below a number', async () => {
    const { functions } = await temporaryStore();
    for (const code of ['a', 'b', 'c', 'd']) await functions.publish(draft('hello', code));
    await functions.publish(draft('other'));
    const numbers = async (before?: number) =>
      (await functions.listVersions('hello', before === undefined ? { limit: 2 } : { before, limit: 2 })).map(
        (v) => v.number,
      );
    expect(await numbers()).toEqual([4, 3]);
    expect(await numbers(3)).toEqual([2, 1]);
    expect(await numbers(1)).toEqual([]);
  });

  it('knows which artifacts are in use, by any version', async () => {
    const { functions } = await temporaryStore();
    expect(await functions.artifactHashesInUse()).toEqual(new Set());
    for (const code of ['a', 'b', 'a']) await functions.publish(draft('hello', code));
    await functions.publish(draft('other', 'c'));
    const hashes = (...codes: string[]) => new Set(codes.map((code) => draft('x', code).artifactHash));
    expect(await functions.artifactHashesInUse()).toEqual(hashes('a', 'b', 'c'));
    await functions.remove('hello');
    expect(await functions.artifactHashesInUse()).toEqual(hashes('c'));
  });
});

describe('removing', () => {
  it('takes the function with all its versions, and says which it was', async () => {
    const { functions } = await temporaryStore();
    const { fn } = await functions.publish(draft('hello'));
    await functions.publish(draft('hello', 'b'));
    await functions.publish(draft('other'));
    expect(await functions.remove('hello')).toBe(fn.id);
    expect(await functions.find('hello')).toBeUndefined();
    expect(await functions.findVersion('hello', 1)).toBeUndefined();
    expect((await functions.list({ limit: 10 })).map(({ name }) => name)).toEqual(['other']);
  });

  it('is no failure when there is nothing to remove', async () => {
    const { functions } = await temporaryStore();
    expect(await functions.remove('hello')).toBeUndefined();
  });

  it('makes room for another function of that name, with another id and versions from 1', async () => {
    const { functions } = await temporaryStore();
    const before = await functions.publish(draft('hello'));
    await functions.publish(draft('hello', 'b'));
    await functions.remove('hello');
    const after = await functions.publish(draft('hello'));
    expect(after).toMatchObject({ outcome: 'created', fn: { latest: { number: 1 } } });
    expect(after.fn.id).not.toBe(before.fn.id);
  });

  it('leaves either all or nothing to publishes that run at the same time', async () => {
    const { functions } = await temporaryStore();
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        i % 4 === 3 ? functions.remove('hello') : functions.publish(draft('hello', `${i}`)),
      ),
    );
    const newest = (await functions.find('hello'))?.latest.number ?? 0;
    const versions = await functions.listVersions('hello', { limit: 100 });
    expect(versions.map(({ number }) => number)).toEqual(Array.from({ length: newest }, (_, i) => newest - i));
    expect((await functions.artifactHashesInUse()).size).toBe(newest);
  });
});
