import { randomFillSync } from 'node:crypto';
import { v7 } from 'uuid';

const idBytes = 16;
/** Asking for randomness costs as much for all of them as for one. */
const pool = Buffer.allocUnsafeSlow(256 * idBytes);
let used = pool.length;

let lastMs = 0;
let sequence = 0;

/**
 * A UUID of version 7 (RFC 9562). Those of one process are in the order in which they were asked for, within a millisecond as well
 * and when the clock goes back.
 */
export function timeOrderedId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, (used += idBytes));
  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // One bit less than there is room for: it can be counted up from.
    sequence = random.readUInt32BE(0) >>> 1;
  } else sequence++;
  return v7({ random, msecs: lastMs, seq: sequence });
}
