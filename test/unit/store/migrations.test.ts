import type { Kysely, Migration } from 'kysely';
import { describe, expect, it } from 'vitest';
import { migrations } from '../../../src/store/migrations/all.ts';
import { draft } from './drafts.ts';
import { temporaryPlace } from './temporary-store.ts';

const addColumn: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable('functions').addColumn('note', 'text').execute();
  },
};

const failHalfWay: Migration = {
  async up(database: Kysely<unknown>) {
    await database.schema.alterTable('functions').addColumn('lost', 'text').execute();
    await database.schema.dropTable('versions').execute();
    await database.schema.dropTable('no_such_table').execute();
  },
};

const known = Object.keys(migrations).length;

describe('the schema', () => {
  it('is made once from an empty database and left alone at the next start', async () => {
    const place = await temporaryPlace();
    for (const name of ['a', 'b', 'c']) {
      const store = await place.open();
      await store.functions.publish(draft(name));
      await store.close();
    }
    const { functions } = await place.openUntilFinished();
    expect((await functions.list({ limit: 10 })).map((fn) => fn.name)).toEqual(['a', 'b', 'c']);
  });

  it('moves on with a step that is new, and keeps what is there', async () => {
    const place = await temporaryPlace();
    const before = await place.open();
    await before.functions.publish(draft('hello'));
    await before.close();
    const after = await place.openUntilFinished({ ...migrations, '9998-note': addColumn });
    expect(await after.functions.find('hello')).toBeDefined();
  });

  it('refuses to go back to a version that does not know a step', async () => {
    const place = await temporaryPlace();
    await (await place.open({ ...migrations, '9998-note': addColumn })).close();
    await expect(place.open()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining(
        `was written by a newer sraas (schema ${known + 1}, this one knows ${known})`,
      ) as string,
    });
  });

  it('is as it was when a step fails half way, also the steps before it in the same start', async () => {
    const place = await temporaryPlace();
    const before = await place.open();
    const { fn } = await before.functions.publish(draft('hello'));
    await before.close();
    const steps = { ...migrations, '9998-note': addColumn, '9999-broken': failHalfWay };
    await expect(place.open(steps)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining("could not be brought to this version's schema (step 9999-broken)") as string,
    });
    const again = await place.open();
    expect(await again.functions.find('hello')).toEqual(fn);
    await again.close();
    // The step before the broken one was undone as well: it can be taken again.
    const mended = await place.openUntilFinished({ ...migrations, '9998-note': addColumn });
    expect(await mended.functions.find('hello')).toEqual(fn);
  });
});
