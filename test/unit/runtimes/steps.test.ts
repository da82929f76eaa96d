import { describe, expect, it } from 'vitest';
import { Steps } from '../../../src/runtimes/steps.ts';

describe('the progress of long work', () => {
  it('is a line at the beginning, one at the end, and few in between', async () => {
    let nowMs = 0;
    const lines: string[] = [];
    const steps = new Steps(
      (line) => lines.push(line),
      'node24',
      () => nowMs,
    );
    const value = await steps.run('building', (onDetail) => {
      for (let line = 0; line < 120; line += 1) {
        nowMs += 100;
        onDetail(`line ${line}`);
      }
      return Promise.resolve('built');
    });
    expect(value).toBe('built');
    expect(lines).toEqual([
      'node24: building …',
      'node24:   5 s: line 49',
      'node24:   10 s: line 99',
      'node24: building: done in 12 s',
    ]);
  });

  it('says that a step failed and hands its error on', async () => {
    const lines: string[] = [];
    const steps = new Steps(
      (line) => lines.push(line),
      'node24',
      () => 0,
    );
    await expect(steps.run('pulling', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(lines).toEqual(['node24: pulling …', 'node24: pulling: failed after 0 s']);
  });
});
