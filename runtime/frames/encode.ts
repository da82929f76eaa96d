import type { FrameType, Heads } from './frame.ts';
import { frameNumbers } from './frame.ts';
import { allocate, apply, assign, bufferFrom, createObject, setBytes, stringify } from './globals.ts';
import { lengthBytes, typeAndHeadLengthBytes } from './terms.ts';

const maxUint32 = 0xffff_ffff;
const emptyTail = Buffer.alloc(0);

/** One frame in one buffer, so that one write sends it. Throws a RangeError when it would need 4 GiB or more. */
export function encodeFrame<T extends FrameType>(type: T, head: Heads[T], tail: Uint8Array = emptyTail): Buffer {
  // Without a prototype the head is out of reach of a toJSON on Object.prototype.
  const headBytes = bufferFrom(stringify(assign(createObject(null), head)), 'utf8');
  const frameBytes = typeAndHeadLengthBytes + headBytes.length + tail.length;
  if (frameBytes > maxUint32) throw new RangeError('A frame holds less than 4 GiB.');
  const bytes = allocate(lengthBytes + frameBytes);
  const headStart = lengthBytes + typeAndHeadLengthBytes;
  writeUint32(bytes, 0, frameBytes);
  bytes[lengthBytes] = frameNumbers[type];
  writeUint32(bytes, lengthBytes + 1, headBytes.length);
  apply(setBytes, bytes, [headBytes, headStart]);
  apply(setBytes, bytes, [tail, headStart + headBytes.length]);
  return bytes;
}

function writeUint32(bytes: Buffer, offset: number, value: number): void {
  for (let index = 0; index < 4; index += 1) bytes[offset + index] = (value >>> (24 - index * 8)) & 0xff;
}
