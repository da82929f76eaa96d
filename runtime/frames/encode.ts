import type { FrameType, Heads } from './frame.ts';
import { frameNumbers } from './frame.ts';
import { allocate, apply, setBytes, stringify, utf8Length, writeText } from './globals.ts';
import { lengthBytes, typeAndHeadLengthBytes } from './terms.ts';

const maxUint32 = 0xffff_ffff;
const emptyTail = Buffer.alloc(0);

/** As many bytes are copied in less time than it takes to send a second buffer. */
const mostCopiedBytes = 16_384;

/** A frame as it is sent: these bytes, and behind them those of `rest`, if any, in the same write. */
interface FrameInParts {
  readonly start: Buffer;
  /** The frame's own tail, not a copy of it: it must not change before it has been sent. */
  readonly rest: Uint8Array | undefined;
}

/** One frame, whose tail is not copied when it is large. Throws a RangeError when it would need 4 GiB or more. */
export function encodeInParts<T extends FrameType>(type: T, head: Heads[T], tail: Uint8Array): FrameInParts {
  return tail.length > mostCopiedBytes
    ? { start: encode(type, head, tail, 0), rest: tail }
    : { start: encode(type, head, tail, tail.length), rest: undefined };
}

/** One frame in one buffer. Throws a RangeError when it would need 4 GiB or more. */
export function encodeFrame<T extends FrameType>(type: T, head: Heads[T], tail: Uint8Array = emptyTail): Buffer {
  return encode(type, head, tail, tail.length);
}

/** @param copiedBytes How much of the tail is to stand behind the head: all of it or nothing. */
function encode<T extends FrameType>(type: T, head: Heads[T], tail: Uint8Array, copiedBytes: number): Buffer {
  // Of its own, and undefined, it keeps a toJSON on Object.prototype away, and JSON leaves it out. As a rule there is none.
  const headText = stringify('toJSON' in head ? { ...head, toJSON: undefined } : head);
  const headBytes = utf8Length(headText);
  const frameBytes = typeAndHeadLengthBytes + headBytes + tail.length;
  if (frameBytes > maxUint32) throw new RangeError('A frame holds less than 4 GiB.');
  const bytes = allocate(lengthBytes + frameBytes - tail.length + copiedBytes);
  const headStart = lengthBytes + typeAndHeadLengthBytes;
  writeUint32(bytes, 0, frameBytes);
  bytes[lengthBytes] = frameNumbers[type];
  writeUint32(bytes, lengthBytes + 1, headBytes);
  apply(writeText, bytes, [headText, headStart, headBytes, 'utf8']);
  if (copiedBytes > 0) apply(setBytes, bytes, [tail, headStart + headBytes]);
  return bytes;
}

function writeUint32(bytes: Buffer, offset: number, value: number): void {
  for (let index = 0; index < 4; index += 1) bytes[offset + index] = (value >>> (24 - index * 8)) & 0xff;
}
