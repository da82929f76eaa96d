import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startServer } from '../support/server.ts';

const code = {
  runtime: 'node24',
  handler: 'main.handler',
  files: { 'main.mjs': 'export const handler = (event) => event;' },
};
const json = { 'Content-Type': 'application/json' };
const deploy = (url: string, name: string): Promise<Response> =>
  fetch(`${url}/functions/${name}`, { method: 'PUT', headers: json, body: JSON.stringify(code) });

describe('a disk below its low-water mark', () => {
  it('refuses deploys and runs first; calls and deletes go on, and readiness says so', async () => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-low-'));
    onTestFinished(() => rm(dataDirectory, { recursive: true, force: true }));
    {
      await using server = await startServer({ dataDirectory });
      expect((await deploy(server.url, 'low-disk')).status).toBe(201);
      const { disk } = (await (await fetch(`${server.url}/readyz`)).json()) as { disk: unknown };
      expect(disk).toStrictEqual({
        free_bytes: expect.any(Number) as number,
        free_files: expect.any(Number) as number,
        writable: true,
        refused: [],
      });
    }
    // More than any disk has free.
    await using server = await startServer({ dataDirectory, lowDiskMb: 10_000_000 });
    const refused = await deploy(server.url, 'low-disk-two');
    expect([refused.status, refused.headers.get('retry-after')]).toStrictEqual([507, '60']);
    expect(await refused.json()).toMatchObject({ code: 'INSUFFICIENT_STORAGE' });
    const run = await fetch(`${server.url}/run`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ ...code, envelope: { version: 'v1' } }),
    });
    expect(run.status).toBe(507);

    const ready = await fetch(`${server.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({ status: 'ready', disk: { refused: ['deploys', 'async'] } });

    const called = await fetch(`${server.url}/functions/low-disk/invoke`, {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ version: 'v1', event: { still: 'here' } }),
    });
    expect(await called.json()).toMatchObject({ result: { still: 'here' }, error: null });
    expect((await fetch(`${server.url}/functions/low-disk`, { method: 'DELETE' })).status).toBe(204);
  });
});
