import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { containersOf, docker } from './containers.ts';

export interface CallAnswer {
  readonly status: number;
  readonly replayed: boolean;
  readonly body: {
    readonly id?: string;
    readonly code?: string;
    readonly result?: unknown;
    readonly invocation?: { readonly id: string; readonly outcome: string };
  };
}

/** Calls a function over a connection of its own: which of a server's workers takes it is left to the server. */
export function callAlone(
  url: string,
  name: string,
  event: unknown,
  { query = '', headers = {} }: { readonly query?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<CallAnswer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}/functions/${name}/invoke${query}`,
      { method: 'POST', agent: false, headers: { 'Content-Type': 'application/json', ...headers } },
      (answer) => {
        json(answer).then((body) => {
          const replayed = answer.headers['idempotency-replayed'] === 'true';
          resolve({ status: answer.statusCode ?? 0, replayed, body: body as CallAnswer['body'] });
        }, reject);
      },
    );
    sent.on('error', reject);
    sent.end(JSON.stringify({ version: 'v1', event }));
  });
}

/** So many calls at the same time, each over a connection of its own. */
export function callsTogether(
  count: number,
  url: string,
  name: string,
  event: (index: number) => unknown = () => ({}),
): Promise<readonly CallAnswer[]> {
  return Promise.all(Array.from({ length: count }, (_none, index) => callAlone(url, name, event(index))));
}

/** The sandboxes of a function by the number of the worker whose they are; those of the server itself have an empty one. */
export async function workersOf(name: string): Promise<ReadonlyMap<string, string>> {
  const ids = await containersOf(name);
  const inspected = await Promise.all(
    ids.map((id) =>
      docker
        .getContainer(id)
        .inspect()
        // Gone in between.
        .catch(() => undefined),
    ),
  );
  return new Map(inspected.flatMap((each) => (each ? [[each.Id, each.Config.Labels['sraas.worker'] ?? 'none']] : [])));
}

/** The processes of a server's workers. Source: proc(5), `/proc/pid/task/tid/children`. */
export function workerProcessesOf(processId: number): readonly number[] {
  return readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8')
    .split(' ')
    .filter((child) => child !== '')
    .map(Number)
    .filter((child) => readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('main.js'));
}
