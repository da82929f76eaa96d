import { describe, expect, it } from 'vitest';
import { Metrics } from '../../../src/metrics/metrics.ts';
import { textOf, type MetricSnapshot } from '../../../src/metrics/snapshot.ts';
import { WorkerMetrics } from '../../../src/metrics/worker-metrics.ts';
import { readMetrics } from '../../support/metric-text.ts';

const ok = 'sraas_invocations_total{mode="sync",outcome="ok",code=""}';

/** What a worker tells that has served so many calls. */
async function having(calls: number): Promise<MetricSnapshot> {
  const metrics = new Metrics();
  for (let n = 0; n < calls; n++) metrics.calls.ran('sync', 'ok', 1);
  return structuredClone(await metrics.snapshot());
}

async function sums(workers: WorkerMetrics<string>): Promise<ReadonlyMap<string, number>> {
  return readMetrics(await textOf(await workers.all()));
}

describe('the metrics of workers', () => {
  it('keep what those counted that have gone, and forget what they were at', async () => {
    const workers = new WorkerMetrics<string>();
    for (const [name, calls] of Object.entries({ first: 5, second: 7, third: 11 })) {
      workers.join(name);
      workers.tell(name, await having(calls));
    }
    workers.leave('first');
    expect((await sums(workers)).get(ok)).toBe(23);
    workers.leave('second');
    workers.join('fourth');
    const samples = await sums(workers);
    expect(samples.get(ok)).toBe(23);
    expect(samples.get('sraas_invocation_duration_seconds_count{mode="sync"}')).toBe(23);
    expect(samples.get('sraas_processes')).toBe(1);
    workers.tell('fourth', await having(1));
    expect((await sums(workers)).get(ok)).toBe(24);
  });

  it('do not count an answer that comes too late', async () => {
    const workers = new WorkerMetrics<string>();
    workers.join('a');
    workers.tell('a', await having(2));
    workers.leave('a');
    workers.tell('a', await having(3));
    expect((await sums(workers)).get(ok)).toBe(2);
  });

  it('are none while there are no workers', async () => {
    expect(await new WorkerMetrics<string>().all()).toStrictEqual([]);
  });
});
