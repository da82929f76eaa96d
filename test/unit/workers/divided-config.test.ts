import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/config.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { dividedConfig, serverConcurrency, workerConcurrency } from '../../../src/workers/divided-config.ts';

const usual = parseConfig({ flags: {}, environment: {} });
const divided = ['maxSandboxes', 'maxSandboxMemoryMb', 'maxPrepared', 'queueLength', 'totalQueueLength'] as const;

function processesOf(config: Config, memoryMb: number): readonly Config[] {
  const { server, worker } = dividedConfig(config, memoryMb);
  return [server, ...Array.from({ length: config.workers }, (_none, index) => worker(index + 1))];
}

describe('settings that workers and their server divide among them', () => {
  it('come to what the operator allowed, whatever the numbers', () => {
    const numbers = fc.record({
      workers: fc.integer({ min: 2, max: 64 }),
      maxSandboxes: fc.integer({ min: 65, max: 1000 }),
      maxPrepared: fc.integer({ min: 0, max: 500 }),
      queueLength: fc.integer({ min: 0, max: 1000 }),
      spareUids: fc.integer({ min: 0, max: 1000 }),
      memoryMb: fc.integer({ min: 65, max: 100_000 }),
    });
    fc.assert(
      fc.property(numbers, ({ spareUids, memoryMb, ...given }) => {
        const { firstUid } = usual;
        const lastUid = firstUid + given.maxSandboxes + given.maxPrepared + spareUids - 1;
        const whole = { ...usual, ...given, lastUid };
        const processes = processesOf(whole, memoryMb);
        for (const name of divided) {
          const expected = name === 'maxSandboxMemoryMb' ? memoryMb : whole[name];
          expect(processes.reduce((sum, part) => sum + part[name], 0)).toBe(expected);
        }
        const ranges = processes.map((part) => [part.firstUid, part.lastUid] as const).sort(([a], [b]) => a - b);
        expect(ranges[0]?.[0]).toBe(firstUid);
        expect(ranges.at(-1)?.[1]).toBe(lastUid);
        for (const [index, [first]] of ranges.entries()) {
          if (index > 0) expect(first).toBe((ranges[index - 1]?.[1] ?? 0) + 1);
        }
        for (const part of processes) {
          expect(part.lastUid - part.firstUid + 1).toBeGreaterThanOrEqual(part.maxSandboxes + part.maxPrepared);
          expect(part.maxSandboxes).toBeGreaterThan(0);
          expect(part.maxStarts).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('leave the network of functions to the server', () => {
    const [server, ...workers] = processesOf({ ...usual, workers: 2, allowEgress: true }, 1000);
    expect([server?.allowEgress, ...workers.map((worker) => worker.allowEgress)]).toStrictEqual([true, false, false]);
  });
});

describe('the calls at a time that a function allows', () => {
  it('are divided too, with at least one for the server', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 2, max: 64 }), (max, workers) => {
        const server = serverConcurrency(max, workers);
        expect(server + workers * workerConcurrency(max, workers)).toBe(max);
        expect(server).toBeGreaterThan(0);
      }),
    );
    expect([workerConcurrency(10, 2), serverConcurrency(10, 2)]).toStrictEqual([4, 2]);
    expect([workerConcurrency(1, 2), serverConcurrency(1, 2)]).toStrictEqual([0, 1]);
  });
});
