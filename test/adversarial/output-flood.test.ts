// RX-19, RX-22, RX-23, RX-25: more output than anybody wants, in pieces of every size, at the last moment, and hostile to
// terminals. Barrier: the host keeps log_bytes and counts the rest; it reads without recursion and never stops reading.
// Expected: the outcome is the function's own; logs are cut with a mark that has the number of bytes; nothing before the cap
// is lost; the order is kept.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const logBytes = 100_000;
const cut = /\n\[logs cut here: (\d+) more bytes\]\n$/;

const endless = (descriptors: string): string => `import { writeSync } from 'node:fs';
  const line = 'x'.repeat(1023) + '\\n';
  export const handler = () => { for (;;) for (const descriptor of ${descriptors}) writeSync(descriptor, line) }`;
const tiny = `import { writeSync } from 'node:fs';
  export const handler = () => { for (let i = 0; i < 10_000_000; i++) writeSync(1 + (i & 1), i & 1 ? 'e' : 'o') }`;
const counted = `import { writeSync } from 'node:fs';
  export const handler = () => {
    for (let i = 0; i < 9_000; i++) writeSync(1 + (i & 1), String(i).padStart(9, '0') + '\\n');
    process.exit(3);
  }`;
const escapes = `import { writeSync } from 'node:fs';
  export const handler = () => {
    writeSync(1, '\\u001b[2J\\u001b]0;title\\u0007\\r\\b\\u0000\\u202e"}');
    writeSync(1, Buffer.from([0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80]));
    writeSync(1, '\\n');
  }`;

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  const limits = { log_bytes: logBytes, timeout_ms: 800, cpus: 1 };

  it.each([
    ['stderr', endless('[2]')],
    ['stdout and stderr in turn', endless('[1, 2]')],
  ])('a flood on %s is cut, and ends at the deadline', async (_title, source) => {
    const reply = await arena.run(source, { config: { isolation, limits } });
    expect(reply.invocation).toMatchObject({ outcome: 'timeout', logs_truncated: true });
    const dropped = Number(cut.exec(reply.logs)?.[1]);
    expect(dropped).toBeGreaterThan(0);
    expect(Buffer.byteLength(reply.logs.replace(cut, ''))).toBe(logBytes);
  });

  it('single bytes in turn keep their order across the two streams', async () => {
    const reply = await arena.run(tiny, { config: { isolation, limits } });
    expect(reply.invocation).toMatchObject({ outcome: 'timeout', logs_truncated: true });
    expect(reply.logs.replace(cut, '') === 'oe'.repeat(logBytes / 2)).toBe(true);
  });

  it('what was written right before the end is not lost', async () => {
    const reply = await arena.run(counted, { config: { isolation, limits } });
    expect(reply.invocation).toMatchObject({ outcome: 'exited', exit_code: 3, logs_truncated: false });
    const lines = Array.from({ length: 9000 }, (_, i) => `${String(i).padStart(9, '0')}\n`).join('');
    expect(reply.logs === lines).toBe(true);
  });

  it('terminal escapes and broken UTF-8 come as JSON text', async () => {
    const reply = await arena.run(escapes, { config: { isolation } });
    expect(reply.logs).toBe('\u001b[2J\u001b]0;title\u0007\r\b\u0000\u202e"}\ufffd\ufffd\ufffd\ufffd\ufffd\ufffd\n');
    expect(reply.invocation.outcome).toBe('ok');
  });
});
