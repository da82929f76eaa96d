import type { RecordDocument } from '../../src/wire/record.ts';
import { until } from './containers.ts';

/** Deploys a handler of one file. */
export async function deployHandler(url: string, name: string, source: string, config: object = {}): Promise<void> {
  const response = await fetch(`${url}/functions/${name}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ runtime: 'node24', handler: 'main.handler', ...config, files: { 'main.mjs': source } }),
  });
  if (!response.ok) throw new Error(`The deploy was refused: ${await response.text()}`);
}

/** Asks for an invocation that nobody waits for. */
export function postAsync(url: string, reference: string, event: unknown, headers: object = {}): Promise<Response> {
  return fetch(`${url}/functions/${reference}/invoke?mode=async`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ version: 'v1', event }),
  });
}

/** The same, accepted; resolves with its id. */
export async function acceptAsync(url: string, reference: string, event: unknown): Promise<string> {
  const response = await postAsync(url, reference, event);
  const body = (await response.json()) as RecordDocument;
  if (response.status !== 202) throw new Error(`Not accepted: ${JSON.stringify(body)}`);
  return body.id;
}

export async function showInvocation(url: string, id: string): Promise<RecordDocument> {
  return (await (await fetch(`${url}/invocations/${id}`)).json()) as RecordDocument;
}

/** Waits until an invocation is as wanted, and shows it. */
export async function invocationWhen(
  url: string,
  id: string,
  wanted: (shown: RecordDocument) => boolean,
): Promise<RecordDocument> {
  let shown = await showInvocation(url, id);
  await until(
    async () => {
      shown = await showInvocation(url, id);
      return wanted(shown);
    },
    30_000,
    `invocation ${id} as wanted`,
  );
  return shown;
}

const terminal = ['succeeded', 'dead', 'cancelled'];

export function whenEnded(url: string, id: string): Promise<RecordDocument> {
  return invocationWhen(url, id, ({ state }) => terminal.includes(state));
}
