import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokenStreamError, Demultiplexer } from '../../../src/engine/docker/demultiplexer.ts';

interface Piece {
  readonly stream: 1 | 2;
  readonly bytes: Uint8Array;
}

/** A piece as the engine sends it: `POST /containers/{id}/attach`, "Stream format". */
function encoded({ stream, bytes }: Piece): Buffer {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

/** What comes out of a stream that is cut into chunks of these lengths, over and over. */
function takenApart(stream: Buffer, chunkLengths: readonly number[]): { stdout: Buffer; stderr: Buffer } {
  const told = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  const demultiplexer = new Demultiplexer({
    onStdout: (piece) => told.stdout.push(Buffer.from(piece)),
    onStderr: (piece) => told.stderr.push(Buffer.from(piece)),
  });
  let offset = 0;
  for (let index = 0; offset < stream.length; index++) {
    const end = offset + (chunkLengths[index % chunkLengths.length] ?? 1);
    demultiplexer.push(stream.subarray(offset, end));
    offset = end;
  }
  return { stdout: Buffer.concat(told.stdout), stderr: Buffer.concat(told.stderr) };
}

const pieces = fc.array(fc.record({ stream: fc.constantFrom<1 | 2>(1, 2), bytes: fc.uint8Array({ maxLength: 40 }) }), {
  maxLength: 30,
});

describe('the stream of an attached container', () => {
  it('comes out the same, however it was cut', () => {
    fc.assert(
      fc.property(
        pieces,
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 8 }),
        (sent, lengths) => {
          const bytesOf = (wanted: 1 | 2): Buffer =>
            Buffer.concat(sent.filter(({ stream }) => stream === wanted).map(({ bytes }) => bytes));
          const taken = takenApart(Buffer.concat(sent.map(encoded)), lengths);
          expect(taken).toEqual({ stdout: bytesOf(1), stderr: bytesOf(2) });
        },
      ),
    );
  });

  it('may be hundreds of thousands of pieces of one byte in one chunk', () => {
    const count = 300_000;
    const one = encoded({ stream: 1, bytes: Buffer.from('x') });
    const stream = Buffer.alloc(one.length * count, one);
    expect(takenApart(stream, [stream.length]).stdout.length).toBe(count);
  });

  it('passes on what has arrived of a piece of 4 GiB, and sets nothing aside for the rest', () => {
    const header = Buffer.from([1, 0, 0, 0, 255, 255, 255, 255]);
    expect(takenApart(Buffer.concat([header, Buffer.from('begun')]), [3]).stdout.toString()).toBe('begun');
  });

  it('passes over empty pieces', () => {
    const stream = Buffer.concat([
      encoded({ stream: 2, bytes: Buffer.alloc(0) }),
      encoded({ stream: 2, bytes: Buffer.from('end') }),
    ]);
    expect(takenApart(stream, [1]).stderr.toString()).toBe('end');
  });

  it.each([0, 3, 4, 255])('is broken when it names stream %i', (stream) => {
    const demultiplexer = new Demultiplexer({ onStdout: () => undefined, onStderr: () => undefined });
    expect(() => {
      demultiplexer.push(Buffer.from([stream]));
    }).toThrow(BrokenStreamError);
  });
});
