import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorTable, SraasError, type ErrorCode } from '../../src/errors.ts';

const page = join(import.meta.dirname, '..', '..', 'docs', 'errors.md');
const codes = Object.keys(errorTable) as ErrorCode[];

/** The codes in the first column of the page's tables, in their order. */
async function describedCodes(): Promise<readonly string[]> {
  const text = await readFile(page, 'utf8');
  return [...text.matchAll(/^\|\s*`([A-Z][A-Z0-9_]*)`\s*\|/gm)].map(([, code = '']) => code);
}

describe('the table of errors', () => {
  it('is described in docs/errors.md code by code, and nothing else is', async () => {
    expect((await describedCodes()).toSorted()).toEqual([...codes].toSorted());
  });

  it('has the status that the page says', async () => {
    const text = await readFile(page, 'utf8');
    for (const code of codes) {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${code}\``));
      expect(row ?? 'no row', code).toContain(String(errorTable[code].status));
    }
  });

  it('blames the caller for 4xx, the platform for 5xx, and asks to come again where that helps', () => {
    for (const code of codes) {
      const { status, fault, retryable } = errorTable[code];
      expect(fault, code).toBe(status === 429 ? 'capacity' : status < 500 ? 'caller' : 'platform');
      expect(retryable, code).toBe([429, 503, 507].includes(status) || code === 'IDEMPOTENCY_IN_FLIGHT');
    }
  });

  it('writes codes in upper snake case, and titles as phrases of their own', () => {
    for (const code of codes) expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    const titles = codes.map((code) => errorTable[code].title);
    for (const title of titles) expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(titles).toEqual([...new Set(titles)]);
  });
});

describe('an error that a client is told of', () => {
  it('has its code’s kind, and nothing else unless given', () => {
    const error = new SraasError('QUEUE_FULL', 'Try again.');
    expect(error).toMatchObject({
      name: 'SraasError',
      code: 'QUEUE_FULL',
      message: 'Try again.',
      kind: { status: 429, fault: 'capacity', retryable: true },
      violations: [],
      retryAfterSeconds: undefined,
    });
    expect(error).not.toHaveProperty('cause');
  });

  it('keeps violations, the cause and when to come again', () => {
    const [cause, violations] = [new Error('why'), [{ pointer: '/a', message: 'no' }]];
    const error = new SraasError('DRAINING', 'Bye.', { cause, violations, retryAfterSeconds: 5 });
    expect(error).toMatchObject({ cause, violations, retryAfterSeconds: 5 });
  });
});
