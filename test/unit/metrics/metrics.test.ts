import { describe, expect, it } from 'vitest';
import type { CallMeter, MeteredReply } from '../../../src/metrics/call-meter.ts';
import { Metrics } from '../../../src/metrics/metrics.ts';
import { readCounter, readGauge, readGaugeBy } from '../../../src/metrics/readings.ts';
import type { MetricSnapshot } from '../../../src/metrics/snapshot.ts';
import { readMetrics } from '../../support/metric-text.ts';

const nowhere = (): Promise<readonly MetricSnapshot[]> => Promise.resolve([]);
const warm: MeteredReply = { verdict: { outcome: 'ok' }, durationMs: 2, queueMs: 0, initMs: 0, coldStart: false };

async function scraped(metrics: Metrics, elsewhere = nowhere): Promise<ReadonlyMap<string, number>> {
  return readMetrics((await metrics.scrape(elsewhere)).text);
}

/** What is told when this was metered. */
async function told(meter: (calls: CallMeter) => void): Promise<ReadonlyMap<string, number>> {
  const metrics = new Metrics();
  meter(metrics.calls);
  return await scraped(metrics);
}

describe('calls', () => {
  it('are counted by mode and outcome, and by the code of the error where the platform could not run them', async () => {
    const samples = await told((calls) => {
      calls.replied('sync', warm);
      calls.replied('sync', warm);
      calls.replied('async', { ...warm, verdict: { outcome: 'timeout' } });
      calls.ran('run', 'handler_error', 5);
      calls.failed('sync', 'QUEUE_FULL');
    });
    expect(samples.get('sraas_invocations_total{mode="sync",outcome="ok",code=""}')).toBe(2);
    expect(samples.get('sraas_invocations_total{mode="async",outcome="timeout",code=""}')).toBe(1);
    expect(samples.get('sraas_invocations_total{mode="run",outcome="handler_error",code=""}')).toBe(1);
    expect(samples.get('sraas_invocations_total{mode="sync",outcome="error",code="QUEUE_FULL"}')).toBe(1);
  });

  it('are there with 0 before the first of their outcome, so that it is seen to come', async () => {
    const samples = await told(() => undefined);
    expect(samples.get('sraas_invocations_total{mode="sync",outcome="out_of_memory",code=""}')).toBe(0);
    expect(samples.get('sraas_invocation_duration_seconds_count{mode="run"}')).toBe(0);
  });

  it('are timed in seconds, cold starts for those that had one', async () => {
    const samples = await told((calls) => {
      calls.replied('sync', warm);
      calls.replied('sync', { ...warm, coldStart: true, queueMs: 4, initMs: 80 });
    });
    expect(samples.get('sraas_invocation_duration_seconds_sum{mode="sync"}')).toBeCloseTo(0.004, 9);
    expect(samples.get('sraas_invocation_duration_seconds_bucket{le="0.001",mode="sync"}')).toBe(0);
    expect(samples.get('sraas_invocation_duration_seconds_bucket{le="0.0025",mode="sync"}')).toBe(2);
    expect(samples.get('sraas_invocation_queue_seconds_sum')).toBeCloseTo(0.004, 9);
    expect(samples.get('sraas_invocation_init_seconds_count')).toBe(1);
    expect(samples.get('sraas_invocation_init_seconds_sum')).toBeCloseTo(0.08, 9);
    expect(samples.get('sraas_cold_starts_total')).toBe(1);
  });

  it('are all told once, however many come between two scrapes', async () => {
    const metrics = new Metrics();
    for (let n = 0; n < 5000; n++) metrics.calls.replied('sync', warm);
    await scraped(metrics);
    for (let n = 0; n < 70; n++) metrics.calls.replied('sync', warm);
    const samples = await scraped(metrics);
    expect(samples.get('sraas_invocations_total{mode="sync",outcome="ok",code=""}')).toBe(5070);
    expect(samples.get('sraas_invocation_duration_seconds_count{mode="sync"}')).toBe(5070);
    expect(samples.get('sraas_invocation_queue_seconds_bucket{le="+Inf"}')).toBe(5070);
  });

  it.each([NaN, Infinity, -1])('with %s for a time are counted, and leave the times alone', async (durationMs) => {
    const samples = await told((calls) => {
      calls.replied('sync', { ...warm, durationMs });
    });
    expect(samples.get('sraas_invocations_total{mode="sync",outcome="ok",code=""}')).toBe(1);
    expect(samples.get('sraas_invocation_duration_seconds_count{mode="sync"}')).toBe(0);
  });
});

describe('what is read at a scrape', () => {
  it('is what it is then', async () => {
    const metrics = new Metrics();
    let value = 1;
    readGauge(metrics.registry, { name: 'a', help: 'a', read: () => value });
    readCounter(metrics.registry, { name: 'b_total', help: 'b', read: () => Promise.resolve(value) });
    readGaugeBy(metrics.registry, { name: 'c', help: 'c', label: 'state', read: () => ({ x: value, y: 0 }) });
    await scraped(metrics);
    value = 7;
    const samples = await scraped(metrics);
    expect(['a', 'b_total', 'c{state="x"}', 'c{state="y"}'].map((name) => samples.get(name))).toStrictEqual([
      7, 7, 7, 0,
    ]);
  });

  it('is left out when it cannot be told, and comes back; the rest is there', async () => {
    const metrics = new Metrics();
    let isAway = true;
    const read = (): Promise<number> => (isAway ? Promise.reject(new Error('It is away')) : Promise.resolve(3));
    readGauge(metrics.registry, { name: 'a', help: 'a', read });
    readGauge(metrics.registry, { name: 'b', help: 'b', read: () => 2 });
    const without = await scraped(metrics);
    expect([without.has('a'), without.get('b')]).toStrictEqual([false, 2]);
    isAway = false;
    expect((await scraped(metrics)).get('a')).toBe(3);
  });

  it('is not waited for without end', async () => {
    const metrics = new Metrics();
    readGauge(metrics.registry, { name: 'a', help: 'a', read: () => new Promise(() => undefined) });
    const samples = await scraped(metrics);
    expect([samples.has('a'), samples.get('sraas_processes')]).toStrictEqual([false, 1]);
  });

  it('is asked once for all who scrape at the same time', async () => {
    const metrics = new Metrics();
    let asked = 0;
    readGauge(metrics.registry, { name: 'a', help: 'a', read: () => ++asked });
    const texts = await Promise.all([metrics.scrape(nowhere), metrics.scrape(nowhere), metrics.scrape(nowhere)]);
    expect([asked, new Set(texts).size]).toStrictEqual([1, 1]);
  });

  it('cannot break the text, whatever a label or a description says', async () => {
    const metrics = new Metrics();
    const label = 'a"} 1\nsraas_fake 1\n# \\';
    readGaugeBy(metrics.registry, { name: 'a', help: 'of\nfake 1', label: 'l', read: () => ({ [label]: 5 }) });
    const { text } = await metrics.scrape(nowhere);
    const samples = readMetrics(text);
    expect(samples.get(String.raw`a{l="a\"} 1\nsraas_fake 1\n# \\"}`)).toBe(5);
    expect([samples.has('sraas_fake'), samples.has('fake')]).toStrictEqual([false, false]);
  });
});

describe('the metrics of a process', () => {
  it('say what it uses', async () => {
    const samples = await scraped(new Metrics());
    expect(samples.get('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(samples.get('process_open_fds')).toBeGreaterThan(2);
    expect(samples.get('process_start_time_seconds')).toBeGreaterThan(1e9);
  });

  it('are added up with those of others, but for the start, which is that of the first', async () => {
    const one = new Metrics();
    const other = new Metrics();
    one.calls.replied('sync', warm);
    other.calls.replied('sync', warm);
    other.calls.failed('sync', 'DRAINING');
    // As it comes from another process.
    const elsewhere = async (): Promise<readonly MetricSnapshot[]> => [structuredClone(await other.snapshot())];
    const alone = await scraped(new Metrics());
    const samples = await scraped(one, elsewhere);
    expect(samples.get('sraas_processes')).toBe(2);
    expect(samples.get('sraas_invocations_total{mode="sync",outcome="ok",code=""}')).toBe(2);
    expect(samples.get('sraas_invocations_total{mode="sync",outcome="error",code="DRAINING"}')).toBe(1);
    expect(samples.get('sraas_invocation_duration_seconds_bucket{le="0.0025",mode="sync"}')).toBe(2);
    expect(samples.get('process_start_time_seconds')).toBe(alone.get('process_start_time_seconds'));
  });
});
