import type { SraasClient } from '../../src/client/sraas-client.ts';
import type { InvokeReply } from '../../src/wire/invoke.ts';
import { Connection } from '../load/connection.ts';
import { requestOf } from '../load/drive.ts';
import type { Server } from '../subjects/subjects.ts';

/** A language that functions are written in, with the least that a function and a bare interpreter can do in it. */
export interface Language {
  readonly runtime: string;
  readonly file: string;
  readonly source: string;
  /** Begins a comment. */
  readonly comment: string;
  /** Says 1, as the function does. */
  readonly command: readonly string[];
}

export const languages: readonly Language[] = [
  {
    runtime: 'node24',
    file: 'main.mjs',
    source: 'export const handler = () => 1;',
    comment: '//',
    command: ['node', '-e', 'console.log(1)'],
  },
  {
    runtime: 'python3.13',
    file: 'main.py',
    source: 'def handler(event, context):\n    return 1',
    comment: '#',
    command: ['python3', '-c', 'print(1)'],
  },
];

/** Deploys code that has never been seen before. Gives the function's name. */
export async function deployNew(
  client: SraasClient,
  { runtime, file, source, comment }: Language,
  isolation: 'warm' | 'fresh' = 'warm',
): Promise<string> {
  const name = `bench-${isolation}-${runtime.replace('.', '-')}`;
  const code = `${source}\n${comment} ${performance.timeOrigin + performance.now()}\n`;
  await client.deploy(name, { runtime, handler: 'main.handler', isolation }, { files: { [file]: code } });
  return name;
}

/** The time from the call of one of these functions to its whole reply, in milliseconds, on a connection that is open already. */
export async function timeOfFirstCall({ url }: Server, name: string): Promise<number> {
  const request = requestOf(url, { path: `/functions/${name}/invoke`, body: '{"version":"v1"}' });
  using connection = await Connection.open(new URL(url));
  const began = performance.now();
  const reply = await connection.call(request, true);
  const tookMs = performance.now() - began;
  const { result, error, invocation } = JSON.parse(reply ?? '') as InvokeReply;
  if (result !== 1) throw new Error(`Not the result: ${error ?? String(result)}`);
  if (!invocation.cold_start) throw new Error(`${name} had a sandbox already.`);
  return tookMs;
}
