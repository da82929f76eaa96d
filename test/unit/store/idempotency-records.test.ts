import { describe, expect, it } from 'vitest';
import type { Reservation } from '../../../src/idempotency/idempotency-store.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { openUntilFinished, temporaryDirectory, temporaryStore } from './temporary-store.ts';

const reservation: Reservation = { scope: 'POST /run', key: 'k', fingerprint: 'f', owner: 'run.1' };
const at = (ms: number): Date => new Date(ms);

describe('idempotency keys', () => {
  it('are had by the first who asks, until they are answered, released or over', async () => {
    const { idempotency } = await temporaryStore();
    expect(await idempotency.reserve(reservation, at(0), at(100))).toBeUndefined();
    const other = { ...reservation, fingerprint: 'g', owner: 'run.2' };
    expect(await idempotency.reserve(other, at(99), at(200))).toEqual({
      fingerprint: 'f',
      owner: 'run.1',
      answer: undefined,
    });
    expect(await idempotency.reserve(other, at(100), at(200))).toBeUndefined();
    expect(await idempotency.release(other, 'run.2')).toBe(true);
    expect(await idempotency.reserve(reservation, at(0), at(100))).toBeUndefined();
  });

  it('are changed by their owner only', async () => {
    const { idempotency } = await temporaryStore();
    await idempotency.reserve(reservation, at(0), at(100));
    const stranger = { ...reservation, owner: 'run.2' };
    const answer = Buffer.from('no');
    expect(await idempotency.keep({ ...stranger, answer, expiresAt: at(200) })).toBe(false);
    expect(await idempotency.release(stranger, 'run.2')).toBe(false);
    expect(await idempotency.interrupt(stranger, 'run.2', at(200))).toBe(false);
    expect(await idempotency.takeOver(stranger, 'run.3')).toBe(false);
    expect(await idempotency.takeOver(stranger, 'run.1')).toBe(true);
    expect(await idempotency.keep({ ...reservation, answer, expiresAt: at(200) })).toBe(false);
    expect(await idempotency.keep({ ...stranger, answer, expiresAt: at(200) })).toBe(true);
  });

  it('outlive the server, with any bytes as their answer', async () => {
    const directory = await temporaryDirectory();
    const answer = Uint8Array.from({ length: 256 }, (_, index) => index);
    const first = await openSqliteStore({ directory });
    await first.idempotency.reserve(reservation, at(0), at(100));
    await first.idempotency.keep({ ...reservation, answer, expiresAt: at(100) });
    await first.close();
    const second = await openUntilFinished({ directory });
    const found = await second.idempotency.reserve(reservation, at(50), at(100));
    expect(found).toMatchObject({ fingerprint: 'f', owner: undefined });
    expect(Buffer.from(found?.answer ?? [])).toEqual(Buffer.from(answer));
  });

  it('are removed when their time is over, a batch at a time', async () => {
    const { idempotency } = await temporaryStore();
    for (let index = 0; index < 25; index += 1) {
      await idempotency.reserve({ ...reservation, key: `k-${index}` }, at(0), at(100 + index));
    }
    expect(await idempotency.prune(at(120), 10)).toBe(10);
    expect(await idempotency.prune(at(120), 10)).toBe(10);
    expect(await idempotency.prune(at(120), 10)).toBe(1);
    expect(await idempotency.prune(at(120), 10)).toBe(0);
    expect(await idempotency.reserve({ ...reservation, key: 'k-21' }, at(120), at(500))).toBeDefined();
  });
});
