import type { ShimEvent } from './shim-process.ts';

/** The value that an invocation gave. Throws when it gave none. */
export function resultOf(event: ShimEvent): unknown {
  if (event.type !== 'result' || event.status !== 'ok') throw new Error(`Not a result: ${JSON.stringify(event)}`);
  return JSON.parse(event.resultJson.toString('utf8'));
}
