import { isObject } from './fields.ts';
import type { Frame, FrameType } from './frame.ts';
import { frameNumbers } from './frame.ts';
import { allocate, apply, decodeUtf8, parseJson, setBytes, subarray } from './globals.ts';
import { ProtocolError } from './protocol-error.ts';
import { lengthBytes, typeAndHeadLengthBytes } from './terms.ts';

interface FrameDecoderOptions {
  /** Most bytes of a frame, its own length field not counted. */
  readonly maxFrameBytes: number;
  /** Most bytes of a frame's head; as many as the frame by default. */
  readonly maxHeadBytes?: number;
}

/**
 * Cuts a stream of bytes into frames, however the stream was split. Every byte is looked at once and copied at most once.
 * A frame over the cap is refused when its length is known, before memory is set aside for it.
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number;
  readonly #maxHeadBytes: number;
  #lengthBytesSeen = 0;
  #frameBytes = 0;
  #partial: Buffer | undefined;
  #partialBytes = 0;

  constructor({ maxFrameBytes, maxHeadBytes = maxFrameBytes }: FrameDecoderOptions) {
    this.#maxFrameBytes = maxFrameBytes;
    this.#maxHeadBytes = maxHeadBytes;
  }

  /** The frames that end in this chunk, in order. Throws {@link ProtocolError}; after that the decoder is of no more use. */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#lengthBytesSeen < lengthBytes) {
        this.#readLengthByte(chunk[offset] ?? 0);
        offset += 1;
        continue;
      }
      const missing = this.#frameBytes - this.#partialBytes;
      const end = chunk.length - offset < missing ? chunk.length : offset + missing;
      const frame = this.#take(apply(subarray, chunk, [offset, end]));
      offset = end;
      if (frame === undefined) break;
      frames[frames.length] = readFrame(frame, this.#maxHeadBytes);
    }
    return frames;
  }

  #readLengthByte(byte: number): void {
    this.#frameBytes = this.#frameBytes * 256 + byte;
    this.#lengthBytesSeen += 1;
    if (this.#lengthBytesSeen < lengthBytes) return;
    if (this.#frameBytes < typeAndHeadLengthBytes) throw new ProtocolError('A frame is too short to have a head.');
    if (this.#frameBytes > this.#maxFrameBytes) {
      throw new ProtocolError(`A frame of ${this.#frameBytes} bytes is over the cap of ${this.#maxFrameBytes}.`);
    }
  }

  #take(part: Buffer): Buffer | undefined {
    if (part.length === this.#frameBytes) {
      this.#reset();
      return part;
    }
    // A list of parts would let a sandbox that writes single bytes cost the host an object for each of them.
    this.#partial ??= allocate(this.#frameBytes);
    apply(setBytes, this.#partial, [part, this.#partialBytes]);
    this.#partialBytes += part.length;
    if (this.#partialBytes < this.#frameBytes) return undefined;
    const frame = this.#partial;
    this.#reset();
    return frame;
  }

  #reset(): void {
    this.#lengthBytesSeen = 0;
    this.#frameBytes = 0;
    this.#partial = undefined;
    this.#partialBytes = 0;
  }
}

function readFrame(bytes: Buffer, maxHeadBytes: number): Frame {
  const type = frameTypeOf(bytes[0] ?? 0);
  const headBytes = readUint32(bytes, 1);
  const headEnd = typeAndHeadLengthBytes + headBytes;
  if (headEnd > bytes.length) throw new ProtocolError('The head of a frame is longer than the frame.');
  if (headBytes > maxHeadBytes)
    throw new ProtocolError(`The head of a frame is over the cap of ${maxHeadBytes} bytes.`);
  return {
    type,
    head: parseHead(apply(subarray, bytes, [typeAndHeadLengthBytes, headEnd])),
    tail: apply(subarray, bytes, [headEnd, bytes.length]),
  };
}

function frameTypeOf(number: number): FrameType {
  switch (number) {
    case frameNumbers.init:
      return 'init';
    case frameNumbers.invoke:
      return 'invoke';
    case frameNumbers.program:
      return 'program';
    case frameNumbers.hello:
      return 'hello';
    case frameNumbers.ready:
      return 'ready';
    case frameNumbers.load_failed:
      return 'load_failed';
    case frameNumbers.result:
      return 'result';
    case frameNumbers.output:
      return 'output';
    case frameNumbers.exited:
      return 'exited';
    default:
      throw new ProtocolError(`No frame has the number ${number}.`);
  }
}

function parseHead(bytes: Buffer): Frame['head'] {
  let head: unknown;
  try {
    head = parseJson(decodeUtf8(bytes));
  } catch {
    throw new ProtocolError('The head of a frame is not JSON in UTF-8.');
  }
  if (!isObject(head)) throw new ProtocolError('The head of a frame is not a JSON object.');
  return head;
}

function readUint32(bytes: Buffer, offset: number): number {
  let value = 0;
  for (let index = offset; index < offset + 4; index += 1) value = value * 256 + (bytes[index] ?? 0);
  return value;
}
