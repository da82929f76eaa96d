import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { meteredPrograms } from '../../../src/metrics/metered.ts';
import { Metrics } from '../../../src/metrics/metrics.ts';
import type { ProgramRequest, ProgramResult } from '../../../src/programs/program.ts';
import { readMetrics } from '../../support/metric-text.ts';

const cancelled = new SraasError('INVOCATION_CANCELLED', 'As was asked.');
const output = { bytes: Buffer.alloc(0), isCut: false };
const end: ProgramResult = {
  ended: 'exited',
  exitCode: 0,
  signal: undefined,
  stdout: output,
  stderr: output,
  durationMs: 3,
  use: { cpuMs: undefined, maxMemoryBytes: undefined },
};

/** The one series that has counted a program which ended like this. */
async function countedAs(run: () => Promise<ProgramResult>): Promise<string | undefined> {
  const metrics = new Metrics();
  const metered = meteredPrograms({ run }, { calls: metrics.calls, codeOf: () => 'INTERNAL' });
  await metered.run({} as ProgramRequest).catch(() => undefined);
  const samples = readMetrics((await metrics.scrape(() => Promise.resolve([]))).text);
  const counted = [...samples].filter(([name, value]) => name.startsWith('sraas_invocations_total') && value > 0);
  expect(counted).toHaveLength(1);
  return counted[0]?.[0];
}

describe('a program', () => {
  it.each<[string, Partial<ProgramResult>, string, string]>([
    ['that ended well', {}, 'ok', ''],
    ['with another exit code', { exitCode: 3 }, 'handler_error', ''],
    ['that a signal ended', { exitCode: undefined, signal: 'SIGSEGV' }, 'handler_error', ''],
    ['of whose end nobody can tell', { exitCode: undefined }, 'exited', ''],
    ['that took too long', { ended: 'timeout', exitCode: undefined }, 'timeout', ''],
    ['that wanted too much memory', { ended: 'out_of_memory', exitCode: 137 }, 'out_of_memory', ''],
    [
      'that was cancelled',
      { ended: 'cancelled', exitCode: undefined, cancelledBecause: cancelled },
      'error',
      'INVOCATION_CANCELLED',
    ],
  ])('%s is counted as such', async (_which, how, outcome, code) => {
    const series = `sraas_invocations_total{mode="run",outcome="${outcome}",code="${code}"}`;
    expect(await countedAs(() => Promise.resolve({ ...end, ...how }))).toBe(series);
  });

  it('that could not be run is counted by its code', async () => {
    const series = 'sraas_invocations_total{mode="run",outcome="error",code="INTERNAL"}';
    expect(await countedAs(() => Promise.reject(new Error('as it happens')))).toBe(series);
  });
});
