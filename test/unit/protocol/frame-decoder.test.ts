import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Frame } from '../../../runtime/protocol.ts';
import { encodeFrame, encodeInParts, FrameDecoder, frameNumbers, ProtocolError } from '../../../runtime/protocol.ts';

const maxFrameBytes = 10_000;

const decoder = (): FrameDecoder => new FrameDecoder({ maxFrameBytes });

const anyFrame = fc
  .record({ id: fc.string({ minLength: 1 }), remaining: fc.nat(), tail: fc.uint8Array({ maxLength: 300 }) })
  .map(({ id, remaining, tail }) =>
    encodeFrame('invoke', { id, attempt: 1, deadline_ms: remaining, remaining_ms: remaining }, tail),
  );

/** A frame of these parts, whether they make sense or not. */
function rawFrame(type: number, head: string | Buffer, headLength?: number): Buffer {
  const headBytes = Buffer.from(head);
  const bytes = Buffer.alloc(9 + headBytes.length);
  bytes.writeUInt32BE(5 + headBytes.length, 0);
  bytes.writeUInt8(type, 4);
  bytes.writeUInt32BE(headLength ?? headBytes.length, 5);
  headBytes.copy(bytes, 9);
  return bytes;
}

function decodeInParts(bytes: Buffer, cuts: readonly number[]): Frame[] {
  const target = decoder();
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).flatMap((edge, index) => target.push(bytes.subarray(edges[index], edge)));
}

describe('the frame decoder', () => {
  test('gives back what was encoded, tail included', () => {
    const bytes = encodeFrame(
      'result',
      { id: 'i', status: 'ok', duration_ms: 1.5, reusable: true },
      Buffer.from('[1]'),
    );
    expect(decoder().push(bytes)).toEqual([
      {
        type: 'result',
        head: { id: 'i', status: 'ok', duration_ms: 1.5, reusable: true },
        tail: Buffer.from('[1]'),
      },
    ]);
  });

  test.each([0, 1, 16_384, 16_385, 1_000_000])('gives back a tail of %i bytes that was sent in parts', (sizeBytes) => {
    const head = { id: 'i', status: 'ok', duration_ms: 1.5, reusable: true } as const;
    const tail = Buffer.alloc(sizeBytes, 'a tail ');
    const { start, rest } = encodeInParts('result', head, tail);
    // A large one is not copied.
    expect(rest === tail).toBe(sizeBytes > 16_384);
    const bytes = Buffer.concat([start, rest ?? Buffer.alloc(0)]);
    expect(bytes.equals(encodeFrame('result', head, tail))).toBe(true);
    const [frame] = new FrameDecoder({ maxFrameBytes: 2_000_000 }).push(bytes);
    expect(frame?.head).toEqual(head);
    expect(frame?.tail.equals(tail)).toBe(true);
  });

  test('gives the same frames however the bytes are split', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), fc.array(fc.nat()), (frames, cuts) => {
        const bytes = Buffer.concat(frames);
        expect(decodeInParts(bytes, cuts)).toEqual(frames.flatMap((frame) => decoder().push(frame)));
      }),
    );
  });

  test('understands ten thousand frames in one chunk', () => {
    const frame = encodeFrame('ready', { load_ms: 1 });
    const chunk = Buffer.concat(Array.from({ length: 10_000 }, () => frame));
    expect(decoder().push(chunk)).toHaveLength(10_000);
  });

  test('does nothing at random bytes but wait or throw a ProtocolError', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 }), (chunks) => {
        const target = decoder();
        try {
          for (const chunk of chunks) target.push(Buffer.from(chunk));
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });

  test('does nothing at a damaged frame but wait or throw a ProtocolError', () => {
    fc.assert(
      fc.property(anyFrame, fc.nat(), fc.nat({ max: 255 }), (frame, position, byte) => {
        const damaged = Buffer.from(frame);
        damaged[position % damaged.length] = byte;
        const target = decoder();
        try {
          target.push(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });

  test('accepts a frame of exactly the cap', () => {
    const bytes = encodeFrame('ready', { load_ms: 1 }, Buffer.alloc(100));
    expect(new FrameDecoder({ maxFrameBytes: bytes.length - 4 }).push(bytes)).toHaveLength(1);
  });

  test('refuses a frame over the cap as soon as its length is there', () => {
    const length = Buffer.from([0, 0, 0x27, 0x11]);
    const target = decoder();
    expect(target.push(length.subarray(0, 3))).toEqual([]);
    expect(() => target.push(length.subarray(3))).toThrow('A frame of 10001 bytes is over the cap of 10000.');
  });

  test.each([
    ['an empty frame', Buffer.from([0, 0, 0, 0])],
    ['a frame without a length of its head', Buffer.from([0, 0, 0, 4, 1, 0, 0, 0])],
    ['an unknown number', rawFrame(7, '{}')],
    ['a head longer than the frame', rawFrame(1, '{}', 3)],
    ['an empty head', rawFrame(1, '')],
    ['a head that is not JSON', rawFrame(1, '{')],
    ['a head that is an array', rawFrame(1, '[]')],
    ['a head that is null', rawFrame(1, 'null')],
    ['two values in a head', rawFrame(1, '{}{}')],
    ['a byte order mark', rawFrame(1, '\ufeff{}')],
    ['a head that is not UTF-8', rawFrame(1, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))],
  ])('refuses %s', (_what, bytes) => {
    expect(() => decoder().push(bytes)).toThrow(ProtocolError);
  });

  test('refuses a head over its own cap', () => {
    const target = new FrameDecoder({ maxFrameBytes, maxHeadBytes: 10 });
    expect(() => target.push(encodeFrame('ready', { load_ms: 123_456 }))).toThrow('over the cap of 10 bytes');
  });

  test('keeps members of a head inert', () => {
    const [frame] = decoder().push(rawFrame(frameNumbers.hello, '{"__proto__":{"protocol":1}}'));
    expect(frame?.head['protocol']).toBeUndefined();
  });
});
