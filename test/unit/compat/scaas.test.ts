import { createHash } from 'node:crypto';
import { Router } from 'express';
import { describe, expect, it } from 'vitest';
import { scaasApp } from '../../../src/compat/scaas/app.ts';
import { Deployments, type DeploymentsParts } from '../../../src/compat/scaas/deployments.ts';
import { SraasError } from '../../../src/errors.ts';
import { parseFunctionConfig } from '../../../src/functions/function-config.ts';
import type { DeployedFunction, FunctionConfig } from '../../../src/functions/function.ts';
import { functionNotThere } from '../../../src/functions/not-there.ts';
import type { Reply } from '../../../src/invocations/reply.ts';
import { unknownUse } from '../../../src/sandboxes/resource-account.ts';
import { appParts, serveApi } from './served-api.ts';

const reply: Reply = {
  verdict: { outcome: 'ok', result: Buffer.from('{"a": 1.0}'), error: undefined, exitCode: undefined },
  logs: 'printed\n',
  logsTruncated: false,
  durationMs: 3.6,
  invocationId: 'i',
  functionName: 'f',
  functionVersion: 1,
  coldStart: false,
  queueMs: 0,
  initMs: 0,
  use: unknownUse,
};

interface Deployed {
  readonly name: string;
  readonly config: FunctionConfig;
  readonly files: readonly { readonly path: string; readonly text: string }[];
}

/** Functions that are only remembered: the newest version of each name, and envelopes that came. */
class PretendedFunctions implements Pick<DeploymentsParts, 'deployer' | 'catalog' | 'invoker'> {
  readonly deployed = new Map<string, Deployed & { readonly number: number }>();
  readonly invoked: { readonly reference: string; readonly envelope: string }[] = [];
  invoke: () => Promise<Reply> = () => Promise.resolve(reply);

  readonly deployer = {
    deploy: async (name: string, document: unknown, files: Parameters<DeploymentsParts['deployer']['deploy']>[2]) => {
      const config = parseFunctionConfig(document, appParts.policy);
      const read = [];
      for await (const { path, content } of files) {
        let text = '';
        for await (const piece of content) text += Buffer.from(piece).toString();
        read.push({ path, text });
      }
      const number = (this.deployed.get(name)?.number ?? 0) + 1;
      this.deployed.set(name, { name, config, files: read, number });
      return { fn: this.#show(name), outcome: 'created' as const };
    },
  };

  readonly catalog = {
    show: (name: string) => Promise.resolve().then(() => this.#show(name)),
    remove: (name: string) => {
      this.deployed.delete(name);
      return Promise.resolve();
    },
  };

  readonly invoker = {
    invoke: (reference: string, { envelope }: { readonly envelope: Buffer }) => {
      this.invoked.push({ reference, envelope: envelope.toString() });
      return this.invoke();
    },
  };

  #show(name: string): DeployedFunction {
    const deployed = this.deployed.get(name);
    if (deployed === undefined) throw functionNotThere(name);
    const latest = { config: deployed.config, number: deployed.number };
    return { id: 'id', name, latest } as unknown as DeployedFunction;
  }
}

interface Stand {
  readonly url: string;
  readonly functions: PretendedFunctions;
  readonly deploy: (query: Record<string, string>, source?: string, fileName?: string) => Promise<Answer>;
  readonly invoke: (id: string, body?: string) => Promise<Answer>;
  readonly remove: (id: string) => Promise<Answer>;
}

interface Answer {
  readonly status: number;
  readonly document: Record<string, unknown>;
}

const source = 'def handler(event, context): return event\n';
const hash = createHash('sha256').update(source).digest('hex');

async function stand(isEngineThere = true): Promise<Stand> {
  const functions = new PretendedFunctions();
  const { deployer, catalog, invoker } = functions;
  const chooseRuntime = (): Promise<string> => Promise.resolve('python3.11');
  const deployments = new Deployments({ ...appParts, deployer, catalog, invoker, chooseRuntime });
  const url = await serveApi(
    scaasApp({
      ...appParts,
      deployments,
      isEngineThere: () => Promise.resolve(isEngineThere),
      requireRoom: () => Promise.resolve(),
      maxDeployBytes: 100_000,
      maxEventBytes: 1000,
      pageRoutes: Router(),
    }),
  );
  const ask = async (method: string, path: string, body?: FormData | string): Promise<Answer> => {
    const answer = await fetch(url + path, { method, ...(body === undefined ? {} : { body }) });
    return { status: answer.status, document: (await answer.json()) as Record<string, unknown> };
  };
  return {
    url,
    functions,
    deploy: (query, text = source, fileName = 'anything.py') => {
      const body = new FormData();
      body.append('file', new Blob([text]), fileName);
      return ask('POST', `/deploy?${new URLSearchParams(query).toString()}`, body);
    },
    invoke: (id, body = '{}') => ask('POST', `/invoke/${id}`, body),
    remove: (id) => ask('DELETE', `/deployments/${id}`),
  };
}

const wish = { function_id: 'f-1', hash_code: hash };
const id = `deployment_f-1_${hash}`;

describe('GET /health', () => {
  it.each([true, false])('is 200 and says whether the engine answers: %s', async (isThere) => {
    const { url } = await stand(isThere);
    const answer = await fetch(`${url}/health`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok', docker_available: isThere }]);
  });
});

describe('POST /deploy', () => {
  it('makes a function of the file, called main.py whatever it was called, and says where to invoke it', async () => {
    const { deploy, functions } = await stand();
    expect(await deploy(wish)).toEqual({
      status: 200,
      document: { deployment_id: id, container_name: id, invocation_url: `/invoke/${id}` },
    });
    const [deployed] = functions.deployed.values();
    expect(deployed).toMatchObject({
      files: [{ path: 'main.py', text: source }],
      config: {
        runtime: 'python3.11',
        handler: 'main.handler',
        isolation: 'fresh',
        network: 'none',
        limits: { cpus: 0.5, memoryMb: 256, pids: 64, timeoutMs: 15_000 },
      },
    });
  });

  it('takes entry point and limits from the query', async () => {
    const { deploy, functions } = await stand();
    await deploy({ ...wish, entry_point: 'main.run', cpu_cores: '1.5', memory_mb: '512', pid_limit: '32' });
    const [deployed] = functions.deployed.values();
    expect(deployed?.config).toMatchObject({ handler: 'main.run', limits: { cpus: 1.5, memoryMb: 512, pids: 32 } });
  });

  it('replaces what was deployed under the same function id', async () => {
    const { deploy, invoke, functions } = await stand();
    await deploy(wish);
    const newer = `${source}# newer\n`;
    const newerHash = createHash('sha256').update(newer).digest('hex');
    await deploy({ ...wish, hash_code: newerHash }, newer);
    expect(functions.deployed.size).toBe(1);
    expect((await invoke(id)).status).toBe(404);
    expect((await invoke(`deployment_f-1_${newerHash}`)).status).toBe(200);
  });

  it('keeps function ids apart', async () => {
    const { deploy, functions } = await stand();
    await deploy(wish);
    await deploy({ ...wish, function_id: 'f.1' });
    expect(functions.deployed.size).toBe(2);
  });

  it('refuses another file than Python, and another than the hash says', async () => {
    const { deploy, functions } = await stand();
    expect(await deploy(wish, source, 'code.txt')).toEqual({
      status: 400,
      document: { detail: 'Only .py files are accepted' },
    });
    expect(await deploy({ ...wish, hash_code: 'abc' })).toEqual({
      status: 400,
      document: { detail: `Hash mismatch: expected abc, got ${hash}` },
    });
    expect(functions.deployed.size).toBe(0);
  });

  it('tells all parameters that are missing or wrong, with 422', async () => {
    const { deploy, url } = await stand();
    const missing = (place: string, name: string): object => ({
      type: 'missing',
      loc: [place, name],
      msg: 'Field required',
    });
    const nothing = await fetch(`${url}/deploy`, { method: 'POST' });
    expect([nothing.status, await nothing.json()]).toEqual([
      422,
      { detail: [missing('query', 'function_id'), missing('query', 'hash_code'), missing('body', 'file')] },
    ]);
    const wrong = await deploy({ ...wish, function_id: '../x', cpu_cores: 'many', pid_limit: '1.5' });
    expect(wrong).toMatchObject({
      status: 422,
      document: {
        detail: [
          { type: 'float_parsing', loc: ['query', 'cpu_cores'] },
          { type: 'int_parsing', loc: ['query', 'pid_limit'] },
          { type: 'value_error', loc: ['query', 'function_id'] },
        ],
      },
    });
  });

  it('says what of the limits is not allowed', async () => {
    const { deploy } = await stand();
    const { status, document } = await deploy({ ...wish, memory_mb: '1' });
    expect([status, document['detail']]).toEqual([400, expect.stringContaining('memory_mb')]);
  });
});

describe('POST /invoke/:id', () => {
  it('answers with the four members, the result as it came, and whole milliseconds', async () => {
    const { url, deploy } = await stand();
    await deploy(wish);
    const answer = await fetch(`${url}/invoke/${id}`, { method: 'POST', body: '{}' });
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('{"result":{"a": 1.0},"logs":"printed\\n","error":null,"duration_ms":4}');
  });

  it('fills in what the body leaves out, and hands a whole envelope on byte by byte', async () => {
    const { deploy, invoke, functions } = await stand();
    await deploy(wish);
    const whole = '{"version": "v1", "event": 12345678901234567890}';
    for (const body of ['', '{"event":{"a":1},"other":2}', whole]) await invoke(id, body);
    expect(functions.invoked.map(({ envelope }) => envelope)).toEqual([
      '{"version":"v1","event":{},"context":{}}',
      '{"version":"v1","event":{"a":1},"context":{}}',
      whole,
    ]);
    expect(functions.invoked[0]?.reference).toMatch(/^scaas-[\da-f]{32}@1$/);
  });

  it('answers a handler that failed with 200 and its error', async () => {
    const { deploy, invoke, functions } = await stand();
    await deploy(wish);
    const verdict = {
      outcome: 'handler_error',
      result: undefined,
      error: 'ValueError: no',
      exitCode: undefined,
    } as const;
    functions.invoke = () => Promise.resolve({ ...reply, verdict });
    expect(await invoke(id)).toEqual({
      status: 200,
      document: { result: null, logs: 'printed\n', error: 'ValueError: no', duration_ms: 4 },
    });
  });

  it('answers one that took too long with 408', async () => {
    const { deploy, invoke, functions } = await stand();
    await deploy(wish);
    const verdict = {
      outcome: 'timeout',
      result: undefined,
      error: 'Execution timed out',
      exitCode: undefined,
    } as const;
    functions.invoke = () => Promise.resolve({ ...reply, verdict });
    expect(await invoke(id)).toEqual({ status: 408, document: { detail: 'Function execution timed out' } });
  });

  it.each([
    ['another version', '{"version":"v2"}', 400, 'Unsupported or missing version'],
    ['no JSON', '{', 400, 'not valid JSON'],
    ['a list', '[]', 400, 'must be an object'],
    ['more than an event may have', JSON.stringify({ event: 'x'.repeat(1000) }), 413, 'at most 1000 bytes'],
  ])('refuses %s before anything runs', async (_what, body, status, detail) => {
    const { deploy, invoke, functions } = await stand();
    await deploy(wish);
    const answer = await invoke(id, body);
    expect([answer.status, answer.document['detail']]).toEqual([status, expect.stringContaining(detail)]);
    expect(functions.invoked).toEqual([]);
  });

  it.each(['x', 'deployment_f-1_0', `deployment_f-2_${hash}`, `deployment_../_${hash}`])(
    'knows no deployment %s',
    async (other) => {
      const { deploy, invoke } = await stand();
      await deploy(wish);
      expect(await invoke(encodeURIComponent(other))).toEqual({
        status: 404,
        document: { detail: 'Deployment not found' },
      });
    },
  );

  it('passes on what the server itself cannot do, and when to come again', async () => {
    const { deploy, functions, url } = await stand();
    await deploy(wish);
    functions.invoke = () => Promise.reject(new SraasError('QUEUE_FULL', 'Too many.', { retryAfterSeconds: 3 }));
    const answer = await fetch(`${url}/invoke/${id}`, { method: 'POST' });
    expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
      429,
      '3',
      { detail: 'Too many.' },
    ]);
  });
});

describe('DELETE /deployments/:id', () => {
  it('removes the deployment, and knows it no more', async () => {
    const { deploy, remove, invoke } = await stand();
    await deploy(wish);
    const gone = { status: 404, document: { detail: 'Deployment not found' } };
    expect(await remove(id)).toEqual({ status: 200, document: { deployment_id: id, message: 'Deployment deleted' } });
    expect(await remove(id)).toEqual(gone);
    expect(await invoke(id)).toEqual(gone);
  });
});

it('answers another path in the form of the rest', async () => {
  const { url } = await stand();
  const answer = await fetch(`${url}/other`);
  expect([answer.status, await answer.json()]).toEqual([404, { detail: 'Not Found' }]);
});
