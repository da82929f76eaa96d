import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const betweenCollectionsMs = 100;
/** Two collections that differ by less have found the same. */
const sameBytes = 250_000;
const mostCollections = 20;

/**
 * Bytes in use once garbage has been collected: what is really held, which the resident size does not tell. One collection does
 * not show it: what is outside of V8's heap, as buffers are, is given back by tasks that run after it. What is held stays,
 * however often garbage is collected.
 */
export async function liveBytes(): Promise<number> {
  let found = afterCollection();
  for (let collections = 1; collections < mostCollections; collections++) {
    await pause(betweenCollectionsMs);
    const before = found;
    found = afterCollection();
    if (Math.abs(before - found) < sameBytes) break;
  }
  return found;
}

function afterCollection(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
