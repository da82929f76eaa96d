import { describe, expect, it, vi } from 'vitest';
import { LookUpCache } from '../../../src/functions/look-up-cache.ts';

describe('a look-up cache', () => {
  it('lets the least recently used entry go when it is full', async () => {
    const cache = new LookUpCache<string>(2);
    const lookUp = vi.fn((key: string) => Promise.resolve(`value of ${key}`));
    const get = (key: string) => cache.get(key, () => lookUp(key));
    for (const key of ['a', 'b', 'a', 'c', 'a', 'b']) expect(await get(key)).toBe(`value of ${key}`);
    expect(lookUp.mock.calls.flat()).toEqual(['a', 'b', 'c', 'b']);
  });

  it('forgets by prefix, what is known as well as what is being looked up', async () => {
    const cache = new LookUpCache<string>(10);
    const lookUp = vi.fn((value: string) => Promise.resolve(value));
    await cache.get('a@1', () => lookUp('known'));
    await cache.get('ab@1', () => lookUp('other'));
    const pending = cache.get('a@2', () => lookUp('pending'));
    cache.forgetStartingWith('a@');
    expect(await pending).toBe('pending');
    expect(await cache.get('a@1', () => lookUp('new'))).toBe('new');
    expect(await cache.get('a@2', () => lookUp('new'))).toBe('new');
    expect(await cache.get('ab@1', () => lookUp('new'))).toBe('other');
  });
});
