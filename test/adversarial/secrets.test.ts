// IS-22, IS-25: what a sandbox's environment holds, and where a function's own settings show.
// Barrier: an environment made from nothing; values travel over the channel, after the start. Expected: exactly the listed
// variables, in children too; no value of one function in what is said about another, in an error, or in the engine's records.
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { docker } from '../support/containers.ts';
import { serverKinds } from '../support/server-kinds.ts';

describe.each(serverKinds)('on a server that $title', ({ settings }) => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena(settings);
  });
  afterEach(() => arena.aftermath());
  afterAll(() => arena[Symbol.asyncDispose]());

  const fixed = {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    HOME: '/tmp',
    TMPDIR: '/tmp',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    NODE_ENV: 'production',
    NODE_OPTIONS: '',
    LD_PRELOAD: '',
    LD_LIBRARY_PATH: '',
    HOSTNAME: 'sandbox',
  };

  const source = `import { execFileSync } from 'node:child_process'; import fs from 'node:fs';
  const variables = (text) => Object.fromEntries(text.split('\\0').filter(Boolean).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  export const handler = () => ({ own: { ...process.env }, child: variables(execFileSync('/usr/bin/env', ['-0'], { encoding: 'utf8' })),
    start: variables(fs.readFileSync('/proc/self/environ', 'utf8')), first: variables(fs.readFileSync('/proc/1/environ', 'utf8')) })`;

  it.each(['warm', 'fresh'] as const)(
    'IS-22: the environment is the list and the function’s own: %s',
    async (isolation) => {
      const reply = await arena.run(source, { config: { isolation, env: { MINE: 'yes' } } });
      const { own, child, start, first } = reply.result as Record<string, Record<string, string>>;
      expect(own).toEqual({ ...fixed, MINE: 'yes' });
      expect(child).toEqual({ ...fixed, MINE: 'yes' });
      // What the container was started with knows nothing of the function.
      expect(start).toEqual(fixed);
      expect(first).toEqual(fixed);
    },
  );

  it('IS-25: a function’s values are not in the engine’s records, in what is said about others, or in errors', async () => {
    const secret = randomUUID();
    const name = await arena.deploy('export const handler = () => { throw new Error("no") }', {
      env: { TOKEN: secret },
    });
    const other = await arena.deploy('export const handler = () => Object.values(process.env)');
    const [id = ''] = await (async () => {
      await arena.client.invoke(name);
      return arena.containersOf(name);
    })();
    const container = docker.getContainer(id);
    const seen: unknown[] = [
      await container.inspect(),
      await container.top(),
      await docker.listContainers({ all: true }),
    ];
    seen.push(await arena.client.invoke(name), await arena.client.invoke(other), await arena.client.show(other));
    for (const path of ['/healthz', '/readyz', '/metrics', `/functions/${name}@9`, `/functions/${name}/nothing`]) {
      seen.push(await (await fetch(`${arena.url}${path}`)).text());
    }
    const refused = await fetch(`${arena.url}/functions/${name}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        runtime: 'none',
        handler: 'main',
        env: { TOKEN: secret, 'not a name': secret },
        files: {},
      }),
    });
    expect(refused.status).toBe(400);
    seen.push(await refused.text());
    expect(JSON.stringify(seen)).not.toContain(secret);
  });
});
