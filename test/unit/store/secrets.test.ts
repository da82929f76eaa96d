import { chmod, link, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { KeyHolder } from '../../../src/secrets/key-holder.ts';
import { isExposed, makeKey, readKey } from '../../../src/secrets/secrets-key.ts';
import { Secrets } from '../../../src/secrets/secrets.ts';
import type { Store } from '../../../src/store/store.ts';
import { draft } from './drafts.ts';
import { temporaryDirectory, temporaryStore } from './temporary-store.ts';

const at = new Date('2026-01-02T03:04:05.678Z');

interface Stand {
  readonly store?: Store;
  readonly path?: string;
  readonly mayMake?: boolean;
}

async function setUp({ store, path, mayMake = true }: Stand = {}) {
  const opened = store ?? (await temporaryStore());
  const keyPath = path ?? join(await temporaryDirectory(), 'secrets.key');
  const keys = new KeyHolder({ store: opened.secrets, path: keyPath, mayMake });
  await keys.open();
  return { secrets: new Secrets({ store: opened.secrets, keys, clock: () => at }), store: opened, path: keyPath };
}

const names = (...secrets: readonly string[]) => ({
  secrets: Object.fromEntries(secrets.map((secret) => [secret.toUpperCase(), secret])),
});

describe('secrets', () => {
  it('give their values to those who run functions, and to nobody else', async () => {
    const { secrets } = await setUp();
    const canary = 'canary-4711';
    const { outcome, secret } = await secrets.put('token', { value: canary });
    expect(outcome).toBe('created');
    expect(secret).toEqual({ name: 'token', createdAt: at, updatedAt: at, usedBy: [] });
    expect(await secrets.environmentOf({ secrets: { A: 'token', B: 'token' } })).toEqual({ A: canary, B: canary });
    expect(await secrets.valueOf('token')).toBe(canary);
    expect(JSON.stringify(await secrets.list({ limit: 10 }))).not.toContain(canary);
  });

  it('take a new value, and say so to those who listen', async () => {
    const { secrets } = await setUp();
    const told = vi.fn();
    secrets.onSet(told);
    await secrets.put('token', { value: 'one' });
    expect((await secrets.put('token', { value: 'two' })).outcome).toBe('updated');
    expect(told.mock.calls).toEqual([['token'], ['token']]);
    expect(await secrets.valueOf('token')).toBe('two');
  });

  it('stay while a version names them, for its environment or for its webhook', async () => {
    const { secrets, store } = await setUp();
    await secrets.put('token', { value: 'one' });
    await secrets.put('signing', { value: 'two' });
    const webhook = { webhook_url: 'https://example.org/', webhook_secret: 'signing' };
    await store.functions.publish(draft('hello', 'a', { secrets: { TOKEN: 'token' }, async: webhook }));
    await store.functions.publish(draft('hello', 'b'));
    expect((await secrets.list({ limit: 10 })).items.map(({ name, usedBy }) => [name, usedBy])).toEqual([
      ['signing', ['hello']],
      ['token', ['hello']],
    ]);
    const refused = { code: 'SECRET_IN_USE', message: 'Versions of hello name the secret token; remove them first.' };
    await expect(secrets.remove('token')).rejects.toMatchObject(refused);
    await expect(secrets.remove('signing')).rejects.toMatchObject({ code: 'SECRET_IN_USE' });
    await store.functions.remove('hello');
    await secrets.remove('token');
    await expect(secrets.remove('token')).rejects.toMatchObject({ code: 'SECRET_NOT_FOUND' });
    await expect(secrets.environmentOf(names('token'))).rejects.toMatchObject({ code: 'INVALID_SECRET' });
  });

  it('are listed by name, page by page', async () => {
    const { secrets } = await setUp();
    for (const name of ['b', 'a', 'C']) await secrets.put(name, { value: name });
    const first = await secrets.list({ limit: 2 });
    expect(first.items.map(({ name }) => name)).toEqual(['C', 'a']);
    expect((await secrets.list({ limit: 2, after: first.next ?? '' })).items.map(({ name }) => name)).toEqual(['b']);
  });

  it('cannot be set under one name and read under another by who writes to the database', async () => {
    const { secrets, store } = await setUp();
    await secrets.put('admin', { value: 'one' });
    await secrets.put('harmless', { value: 'two' });
    const sealed = (await store.secrets.read(['admin'])).get('admin') ?? new Uint8Array();
    const keyId = (await store.secrets.keyId()) ?? '';
    await store.secrets.put({ name: 'harmless', sealed, keyId, at });
    await expect(secrets.valueOf('harmless')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });
});

describe('the key of the secrets', () => {
  it('is made with the first secret, for this user only, and serves every later start', async () => {
    const { secrets, store, path } = await setUp();
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
    await Promise.all([secrets.put('a', { value: 'one' }), secrets.put('b', { value: 'two' })]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path)).length).toBe(32);
    expect(await readdir(join(path, '..'))).toEqual(['secrets.key']);
    const again = await setUp({ store, path });
    expect(await again.secrets.environmentOf(names('a', 'b'))).toEqual({ A: 'one', B: 'two' });
  });

  it('is missed where it was lost, and none is made in its place', async () => {
    const { secrets, store, path } = await setUp();
    await secrets.put('a', { value: 'one' });
    await rm(path);
    await expect(setUp({ store, path })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('their key is not at') as string,
    });
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is refused where it is another', async () => {
    const { secrets, store, path } = await setUp();
    await secrets.put('a', { value: 'one' });
    await rm(path);
    await makeKey(path);
    await expect(setUp({ store, path })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('another key') as string,
    });
  });

  it('is not made by a second server over the secrets of the first, nor are theirs mixed', async () => {
    const store = await temporaryStore();
    const [one, two] = [await setUp({ store }), await setUp({ store })];
    await one.secrets.put('a', { value: 'one' });
    await expect(two.secrets.put('b', { value: 'two' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(stat(two.path)).rejects.toMatchObject({ code: 'ENOENT' });
    // Also where it had one already.
    const three = await temporaryStore();
    const [four, five] = [await setUp({ store: three }), await setUp({ store: three })];
    await makeKey(five.path);
    const late = await setUp({ store: three, path: five.path });
    await four.secrets.put('a', { value: 'one' });
    await expect(late.secrets.put('b', { value: 'two' })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(late.secrets.valueOf('a')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await four.secrets.list({ limit: 10 })).items.map(({ name }) => name)).toEqual(['a']);
  });

  it('may be another one once there are no secrets any more', async () => {
    const { secrets, store, path } = await setUp();
    await secrets.put('a', { value: 'one' });
    await secrets.remove('a');
    await rm(path);
    const again = await setUp({ store, path });
    await again.secrets.put('a', { value: 'two' });
    expect(await again.secrets.valueOf('a')).toBe('two');
  });

  it('is read from where the operator says, as bytes or as digits, and never made there', async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, 'key');
    await expect(setUp({ path, mayMake: false })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('--secrets-key-file') as string,
    });
    const { bytes, id } = await makeKey(path);
    expect((await readKey(path))?.id).toBe(id);
    await writeFile(path, `${Buffer.from(bytes).toString('hex').toUpperCase()}\n`);
    expect((await readKey(path))?.id).toBe(id);
    for (const content of ['', 'short', 'x'.repeat(64), 'ab'.repeat(33)]) {
      await writeFile(path, content);
      await expect(readKey(path)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
  });

  it('has no second name after a crash at its making, from the next start on', async () => {
    const { secrets, path, store } = await setUp();
    await secrets.put('token', { value: 'one' });
    await link(path, `${path}.new`);
    const later = await setUp({ store, path });
    expect(await readdir(dirname(path))).toEqual(['secrets.key']);
    expect(await later.secrets.valueOf('token')).toBe('one');
  });

  it('never takes the place of another, and a start that broke off before it was whole left none', async () => {
    const path = join(await temporaryDirectory(), 'secrets.key');
    await writeFile(`${path}.new`, 'half');
    const { id } = await makeKey(path);
    await expect(makeKey(path)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect((await readKey(path))?.id).toBe(id);
    expect(await isExposed(path)).toBe(false);
    await chmod(path, 0o640);
    expect(await isExposed(path)).toBe(true);
  });
});
