import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readMetrics } from '../support/metric-text.ts';
import { acceptAsync } from '../support/async-calls.ts';
import { startServer, type TestServer } from '../support/server.ts';

const source = `export const handler = async (event) => {
  if (event === 'throw') throw new Error('as asked');
  if (event === 'wait') await new Promise(() => setTimeout(() => undefined, 60_000));
  return event;
};`;

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
  const config = { runtime: 'node24', handler: 'main.handler', limits: { timeout_ms: 500 } } as const;
  await server.client.deploy('metered', config, { files: { 'main.mjs': source } });
});
afterAll(() => server.stop());

async function scrape(): Promise<ReadonlyMap<string, number>> {
  return readMetrics(await (await fetch(`${server.url}/metrics`)).text());
}

describe('GET /metrics', () => {
  it('tells of calls by how they ended, and of the sandboxes that there are', async () => {
    const { client } = server;
    await client.invoke('metered', { event: 1 });
    await client.invoke('metered', { event: 2 });
    await client.invoke('metered', { event: 'throw' });
    await client.invoke('metered', { event: 'wait' });
    await client.invoke('metered', { event: 3 });
    const samples = await scrape();
    const calls = (outcome: string): number | undefined =>
      samples.get(`sraas_invocations_total{mode="sync",outcome="${outcome}",code=""}`);
    expect([calls('ok'), calls('handler_error'), calls('timeout')]).toStrictEqual([3, 1, 1]);
    expect(samples.get('sraas_invocation_duration_seconds_count{mode="sync"}')).toBe(5);
    // Another one was started after the time-out.
    expect(samples.get('sraas_cold_starts_total')).toBe(2);
    expect(samples.get('sraas_invocation_init_seconds_count')).toBe(2);
    expect(samples.get('sraas_sandboxes{state="idle"}')).toBe(1);
    expect(samples.get('sraas_invocations_in_flight{state="running"}')).toBe(0);
    expect(samples.get('sraas_engine_up')).toBe(1);
  });

  it('tells of async invocations and programs', async () => {
    const { client } = server;
    const id = await acceptAsync(server.url, 'metered', 1);
    await client.invocations.untilEnded(id);
    await fetch(`${server.url}/run`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ runtime: 'javascript', code: 'process.exit(3)' }),
    });
    const samples = await scrape();
    expect(samples.get('sraas_invocations_total{mode="async",outcome="ok",code=""}')).toBe(1);
    expect(samples.get('sraas_invocations_total{mode="run",outcome="handler_error",code=""}')).toBe(1);
    expect(samples.get('sraas_async_unfinished')).toBe(0);
    expect(samples.get('sraas_dead_letters')).toBe(0);
  });

  it('is text that Prometheus takes, without a name of a function in it, and has a HEAD', async () => {
    const reply = await fetch(`${server.url}/metrics`);
    expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await reply.text()).not.toContain('metered');
    const head = await fetch(`${server.url}/metrics`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toStrictEqual([200, '']);
    const post = await fetch(`${server.url}/metrics`, { method: 'POST' });
    expect([post.status, post.headers.get('allow')]).toStrictEqual([405, 'GET, HEAD']);
  });
});
