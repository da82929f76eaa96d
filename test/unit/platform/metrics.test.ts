import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { Metrics } from '../../../src/metrics/metrics.ts';
import { openMetrics } from '../../../src/platform/metrics.ts';
import { readMetrics } from '../../support/metric-text.ts';

const unavailable = new SraasError('STORE_UNAVAILABLE', 'It is away.');

/** What a server tells whose engine, disk and store are like this. */
async function told(
  knock: () => Promise<void>,
  look: () => Promise<{ readonly freeBytes: number | undefined }>,
  count: () => Promise<number>,
): Promise<ReadonlyMap<string, number>> {
  const surroundings = { config: { maxSandboxes: 9 }, installDirectory: '.' } as Parameters<typeof openMetrics>[0];
  const scrape = openMetrics(surroundings, {
    metrics: new Metrics(),
    engine: { knock },
    diskSpace: { look: async () => ({ ...(await look()), freeFiles: undefined, isWritable: true, refused: [] }) },
    store: { work: { countWaiting: count }, deadLetters: { countDead: count } },
    pools: { census: () => ({ starting: 1, idle: 2, paused: 3, busy: 4, leaving: 5, prepared: 6 }) },
    inFlight: { list: () => [] },
    recording: { writer: { waitingCount: 7 }, droppedCount: () => 8 } as Parameters<typeof openMetrics>[1]['recording'],
    workers: undefined,
  });
  return readMetrics((await scrape()).text);
}

const well = (): Promise<void> => Promise.resolve();
const free = (): Promise<{ readonly freeBytes: number }> => Promise.resolve({ freeBytes: 100 });

describe('what a server tells of itself', () => {
  it('is what it has and what it is at', async () => {
    const samples = await told(well, free, () => Promise.resolve(12));
    const names = ['starting', 'idle', 'paused', 'busy', 'leaving', 'prepared'];
    expect(names.map((state) => samples.get(`sraas_sandboxes{state="${state}"}`))).toStrictEqual([1, 2, 3, 4, 5, 6]);
    expect(samples.get('sraas_sandboxes_limit')).toBe(9);
    expect(samples.get('sraas_history_unwritten_records')).toBe(7);
    expect(samples.get('sraas_history_dropped_records_total')).toBe(8);
    expect(samples.get('sraas_engine_up')).toBe(1);
    expect(samples.get('sraas_data_free_bytes')).toBe(100);
    expect(samples.get('sraas_async_unfinished')).toBe(12);
  });

  it.each([
    { engine: 'fails', knock: () => Promise.reject(new Error('gone')) },
    { engine: 'hangs', knock: () => new Promise<void>(() => undefined) },
  ])('is that the engine is down when it $engine, and what the store does not tell is missing', async ({ knock }) => {
    const samples = await told(
      knock,
      () => Promise.resolve({ freeBytes: undefined }),
      () => Promise.reject(unavailable),
    );
    expect(samples.get('sraas_engine_up')).toBe(0);
    const missing = ['sraas_data_free_bytes', 'sraas_async_unfinished', 'sraas_dead_letters'];
    expect(missing.filter((name) => samples.has(name))).toStrictEqual([]);
    expect(samples.get('sraas_sandboxes{state="busy"}')).toBe(4);
  });
});
