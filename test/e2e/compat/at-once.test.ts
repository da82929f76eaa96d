import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { tarFile } from '../../support/archives/raw-tar.ts';
import { until } from '../../support/containers.ts';
import { removeAllImages } from '../../support/custom-runtimes.ts';
import { localBase } from '../../support/local-base.ts';
import { startServer, type TestServer } from '../../support/server.ts';

let dataDirectory: string;
let server: TestServer;
let base: string;
let deployment: string;
beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-test-'));
  base = await localBase('python3.11');
  const ports = { functronPort: 0, rannaPort: 0, tddAppPort: 0, scaasPort: 0 };
  server = await startServer({ compat: 'all', ...ports, dataDirectory });
  deployment = await deployed();
});
afterAll(async () => {
  await server.stop();
  // It has stopped for its last test; what it built goes with one that knows it.
  const again = await startServer({ dataDirectory });
  await removeAllImages(again);
  await again.stop();
  await rm(dataDirectory, { recursive: true, force: true });
});

const url = (api: string): string => server.compatUrls[api] ?? '';

async function post(address: string, body: string | URLSearchParams | FormData, type?: string): Promise<Response> {
  const headers = type === undefined ? {} : { 'content-type': type };
  return fetch(address, { method: 'POST', body, headers });
}

async function deployed(): Promise<string> {
  const source =
    'import time\ndef handler(event, context):\n    time.sleep(event["seconds"])\n    return event["word"]\n';
  const hash = createHash('sha256').update(source).digest('hex');
  const form = new FormData();
  form.append('file', new Blob([source]), 'main.py');
  const reply = await post(`${url('scaas')}/deploy?function_id=at-once&hash_code=${hash}`, form);
  return ((await reply.json()) as { readonly deployment_id: string }).deployment_id;
}

const code = (word: string, seconds: number): string => `import time\ntime.sleep(${seconds})\nprint("${word}")\n`;

/** Each API with a program that takes so long and then says a word: resolves with what its client reads. */
const programs: Readonly<Record<string, (word: string, seconds: number) => Promise<string>>> = {
  functron: async (word, seconds) => {
    const tar = tarFile({ name: 'main.py', content: code(word, seconds) }).toString('base64');
    const order = { DockerFile: `FROM ${base}\nCMD ["python3", "/data/main.py"]\n`, TarFile: tar, Timeout: 30 };
    const reply = await post(`${url('functron')}/v1/exec`, JSON.stringify(order));
    return Buffer.from(((await reply.json()) as { readonly CmdOut: string }).CmdOut, 'base64').toString();
  },
  ranna: async (word, seconds) => {
    const order = JSON.stringify({ language: 'py', code: code(word, seconds) });
    const reply = await post(`${url('ranna')}/v1/exec`, order, 'application/json');
    return ((await reply.json()) as { readonly stdout: string }).stdout;
  },
  'tdd-app': async (word, seconds) => {
    const reply = await post(`${url('tdd-app')}/send_code`, new URLSearchParams({ source_code: code(word, seconds) }));
    return (await reply.text()).replace('From docker: ', '');
  },
  scaas: async (word, seconds) => {
    const body = JSON.stringify({ version: 'v1', event: { word, seconds } });
    const reply = await post(`${url('scaas')}/invoke/${deployment}`, body, 'application/json');
    return ((await reply.json()) as { readonly result: string }).result;
  },
};
const apis = Object.keys(programs);
const run = async (api: string, word: string, seconds: number): Promise<string> =>
  (await programs[api]?.(word, seconds))?.trim() ?? '';

async function running(): Promise<number> {
  return (await server.client.invocations.running()).filter(({ state }) => state === 'running').length;
}

describe('several users', () => {
  it('of all APIs at once get their own output each', async () => {
    const asked = apis.flatMap((api) => [`${api} one`, `${api} two`]);
    expect(await Promise.all(asked.map((word) => run(word.split(' ')[0] ?? '', word, 0)))).toEqual(asked);
  });

  it.each(apis)('of %s who leave end what they began', async (api) => {
    const leaver = new AbortController();
    const { signal } = leaver;
    const requests: Readonly<Record<string, readonly [path: string, init: RequestInit]>> = {
      functron: [
        '/v1/exec',
        { body: JSON.stringify({ DockerFile: `FROM ${base}\nCMD ["sleep", "60"]\n`, Timeout: 60 }) },
      ],
      ranna: [
        '/v1/exec',
        {
          body: JSON.stringify({ language: 'py', code: code('', 60) }),
          headers: { 'content-type': 'application/json' },
        },
      ],
      'tdd-app': ['/send_code', { body: new URLSearchParams({ source_code: code('', 60) }) }],
      scaas: [
        `/invoke/${deployment}`,
        { body: JSON.stringify({ event: { word: '', seconds: 60 } }), headers: { 'content-type': 'application/json' } },
      ],
    };
    const [path, init] = requests[api] ?? ['', {}];
    const left = fetch(url(api) + path, { method: 'POST', ...init, signal }).catch((error: unknown) => error);
    await until(async () => (await running()) === 1, 20_000, 'it runs');
    leaver.abort();
    expect(await left).toMatchObject({ name: 'AbortError' });
    await until(async () => (await running()) === 0, 20_000, 'it has ended');
  });

  it('get what is under way when the server stops, and WebSockets are told and closed', async () => {
    const socket = new WebSocket(`${url('ranna').replace('http', 'ws')}/v1/ws`);
    await once(socket, 'open');
    const told: { readonly code: number; readonly data: { readonly stdout?: string } }[] = [];
    socket.on('message', (data: Buffer) => told.push(JSON.parse(data.toString()) as (typeof told)[number]));
    const closed = once(socket, 'close') as Promise<[number]>;
    socket.send(JSON.stringify({ op: 1, args: { language: 'py', code: code('over the socket', 8) } }));
    const asked = Promise.all(apis.map((api) => run(api, `${api} to its end`, 8)));
    await until(async () => (await running()) === apis.length + 1, 30_000, 'all of them run');
    const [words, [closeCode]] = await Promise.all([asked, closed, server.stop()]);
    expect(words).toEqual(apis.map((api) => `${api} to its end`));
    expect(told.map(({ data }) => data.stdout ?? '').join('')).toBe('over the socket\n');
    expect([told.at(-1)?.code, closeCode]).toEqual([4, 1001]);
  });
});
