import { describe, expect, it } from 'vitest';
import { configDocument } from '../../../src/cli/config-document.ts';

const entry = { runtime: 'node24', handler: 'index.handler' };

describe('configDocument', () => {
  it('sends nothing that was not given', () => {
    expect(configDocument({}, {}, entry)).toStrictEqual(entry);
  });

  it('lays flags over the file member by member', () => {
    const file = {
      runtime: 'node22',
      description: 'old',
      limits: { memory_mb: 128, pids: 32 },
      env: { A: '1', B: '2' },
      concurrency: { max: 2 },
    };
    const flags = {
      memoryMb: 512,
      timeoutMs: 100,
      env: { B: '3' },
      warmMin: 1,
      label: { team: 'web' },
      description: 'new',
    };
    expect(configDocument(file, flags, entry)).toStrictEqual({
      ...entry,
      description: 'new',
      limits: { memory_mb: 512, pids: 32, timeout_ms: 100 },
      env: { A: '1', B: '3' },
      concurrency: { max: 2, warm_min: 1 },
      labels: { team: 'web' },
    });
  });

  it('leaves members that it does not know, or that are wrong, to the server', () => {
    const file = { limits: 'much', surprise: true };
    expect(configDocument(file, { memoryMb: 64 }, entry)).toStrictEqual({ ...file, ...entry });
  });
});
