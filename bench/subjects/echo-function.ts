import type { SraasClient } from '../../src/client/sraas-client.ts';
import type { Load } from '../load/drive.ts';

/** A handler that does as much as the route that it is compared with: it gives back what it was sent. */
const files = { 'main.mjs': 'export const handler = (event) => event;\n' };

/** What is sent where a case is not about what is sent: the JSON of an event. */
export const smallEvent = JSON.stringify({ name: 'Ada', numbers: [1, 2, 3], nested: { deep: true } });

type What = Pick<Load, 'calls' | 'check'>;

/** @param limits Those that are not the usual ones. */
export async function deployEchoes(
  client: SraasClient,
  names: readonly string[],
  limits: { readonly cpus?: number } = {},
): Promise<void> {
  for (const name of names)
    await client.deploy(name, { runtime: 'node24', handler: 'main.handler', limits }, { files });
}

/** Calls of functions that echo, one function after the other. @param event JSON. */
export function callsOfFunctions(names: readonly string[], event: string): What {
  const body = `{"version":"v1","event":${event}}`;
  return {
    calls: names.map((name) => ({ path: `/functions/${name}/invoke`, body })),
    check: (reply) => {
      if (!reply.includes(`"result":${event}`)) throw new Error(`Not the result: ${reply.slice(0, 500)}`);
    },
  };
}

/** Calls of the Express route. @param event JSON. */
export function callsOfRoute(event: string): What {
  return {
    calls: [{ path: '/echo', body: event }],
    check: (reply) => {
      if (reply !== event) throw new Error(`Not the echo: ${reply.slice(0, 500)}`);
    },
  };
}
