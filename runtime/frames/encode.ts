import type { FrameType, Heads } from './frame.ts';
import { frameNumbers } from './frame.ts';
import { allocate, apply, setBytes, stringify, utf8Length, writeText } from './globals.ts';
import { lengthBytes, typeAndHeadLengthBytes } from './terms.ts';

const maxUint32 = 0xffff_ffff;
const emptyTail = Buffer.alloc(0);

/** One frame in one buffer, so that one write sends it. Throws a RangeError when it would need 4 GiB or more. */
export function encodeFrame<T extends FrameType>(type: T, head: Heads[T], tail: Uint8Array = emptyTail): Buffer {
  // Of its own, and undefined: the head is out of reach of a toJSON on Object.prototype, and JSON leaves the member out.
  const headText = stringify({ ...head, toJSON: undefined });
  const headBytes = utf8Length(headText);
  const frameBytes = typeAndHeadLengthBytes + headBytes + tail.length;
  if (frameBytes > maxUint32) throw new RangeError('A frame holds less than 4 GiB.');
  const bytes = allocate(lengthBytes + frameBytes);
  const headStart = lengthBytes + typeAndHeadLengthBytes;
  writeUint32(bytes, 0, frameBytes);
  bytes[lengthBytes] = frameNumbers[type];
  writeUint32(bytes, lengthBytes + 1, headBytes);
  apply(writeText, bytes, [headText, headStart, headBytes, 'utf8']);
  apply(setBytes, bytes, [tail, headStart + headBytes]);
  return bytes;
}

function writeUint32(bytes: Buffer, offset: number, value: number): void {
  for (let index = 0; index < 4; index += 1) bytes[offset + index] = (value >>> (24 - index * 8)) & 0xff;
}
