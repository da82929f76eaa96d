import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogBuffer } from '../../../src/sandboxes/log-buffer.ts';

const mark = /\n\[logs cut here: (\d+) more bytes\]\n$/;

function filled(maxBytes: number, chunks: readonly (string | Uint8Array)[]): LogBuffer {
  const logs = new LogBuffer(maxBytes);
  for (const chunk of chunks) logs.append(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return logs;
}

const anyChunk = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => new Uint8Array(Buffer.from(text))),
);

describe('the logs of one invocation', () => {
  it('are the text that was written, in one piece', () => {
    const logs = filled(100, ['one\n', '', 'two', '\n']);
    expect(logs.text()).toBe('one\ntwo\n');
    expect(logs.truncated).toBe(false);
  });

  it('are empty when nothing was written', () => {
    expect(filled(100, []).text()).toBe('');
    expect(filled(100, []).lastText()).toBe('');
  });

  it('are whole when they have exactly as many bytes as are kept, and cut with a mark when they have one more', () => {
    expect(filled(4, ['abcd']).text()).toBe('abcd');
    const logs = filled(4, ['abc', 'de']);
    expect(logs.text()).toBe('abcd\n[logs cut here: 1 more bytes]\n');
    expect(logs.truncated).toBe(true);
  });

  it.each([
    ['é', 2],
    ['€', 3],
    ['😀', 4],
  ])('are cut before %s rather than within it', (character, size) => {
    for (let cap = 1; cap < 1 + size; cap++) {
      expect(filled(cap, [`a${character}b`]).text()).toBe(`a\n[logs cut here: ${size + 1} more bytes]\n`);
    }
    expect(filled(1 + size, [`a${character}b`]).text()).toBe(`a${character}\n[logs cut here: 1 more bytes]\n`);
  });

  it('join a character whose bytes came apart', () => {
    const [bytes, logs] = [Buffer.from('a😀b'), new LogBuffer(100)];
    for (const byte of bytes) logs.append(Uint8Array.of(byte));
    expect(logs.text()).toBe('a😀b');
  });

  it('show a byte that is not UTF-8 as U+FFFD', () => {
    expect(filled(100, [Uint8Array.of(0x61, 0xff, 0x62)]).text()).toBe('a\ufffdb');
  });

  it('keep what came first and count all the rest, whatever the chunks and the cap', () => {
    fc.assert(
      fc.property(fc.array(anyChunk, { maxLength: 30 }), fc.integer({ min: 1, max: 200 }), (chunks, cap) => {
        const all = Buffer.concat(chunks);
        const logs = filled(cap, chunks);
        expect(logs.truncated).toBe(all.length > cap);
        if (all.length <= cap) {
          expect(logs.text()).toBe(all.toString());
          return;
        }
        const left = Number(mark.exec(logs.text())?.[1]);
        const kept = all.subarray(0, all.length - left);
        expect(logs.text().replace(mark, '')).toBe(kept.toString());
        // At most the bytes of one character less than there was room for.
        expect(kept.length).toBeLessThanOrEqual(cap);
        expect(kept.length).toBeGreaterThan(cap - 4);
      }),
    );
  });

  it('of valid text are cut to whole characters, whatever the chunks and the cap', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme', maxLength: 8 }), { maxLength: 20 });
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 60 }), (chunks, cap) => {
        const kept = filled(cap, chunks).text().replace(mark, '');
        expect(chunks.join('').startsWith(kept)).toBe(true);
      }),
    );
  });

  it('do not depend on how they were cut into chunks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.integer({ min: 1, max: 100 }), (bytes, cap) => {
        const atOnce = filled(cap, [bytes]);
        const oneByOne = filled(
          cap,
          [...bytes].map((byte) => Uint8Array.of(byte)),
        );
        expect(oneByOne.text()).toBe(atOnce.text());
        expect(oneByOne.lastText()).toBe(atOnce.lastText());
      }),
    );
  });

  it('do not change when the chunk that they came in is used again', () => {
    const [chunk, logs] = [Buffer.from('keep'), new LogBuffer(6)];
    logs.append(chunk);
    logs.append(chunk);
    chunk.fill('x');
    expect(logs.text()).toBe('keepke\n[logs cut here: 2 more bytes]\n');
    expect(logs.lastText()).toBe('keepkeep');
  });
});

describe('the end of the logs', () => {
  it('is there although the cap cut it off', () => {
    const logs = filled(10, ['beginning ', 'x'.repeat(100_000), 'JavaScript heap out of memory\n']);
    expect(logs.lastText().endsWith('JavaScript heap out of memory\n')).toBe(true);
    expect(logs.lastText().length).toBeLessThan(20_000);
  });

  it('is the end of all that was written, whatever the chunks and the cap', () => {
    const chunks = fc.array(fc.string({ unit: 'binary-ascii', maxLength: 6000 }), { maxLength: 8 });
    fc.assert(
      fc.property(chunks, fc.integer({ min: 1, max: 12_000 }), (written, cap) => {
        const end = written.join('').slice(-8192);
        expect(filled(cap, written).lastText().endsWith(end)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });
});
