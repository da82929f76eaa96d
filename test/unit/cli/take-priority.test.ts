import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../fixtures/programs/takes-priority.mts');

// Source: sched(7), "The autogroup feature"; a kernel may be built without.
const niceOf = (autogroup: string): string | undefined => /nice (-?\d+)$/.exec(autogroup.trim())?.[1];

it('a session that is the server’s alone has its priority', () => {
  const { stdout } = spawnSync('setsid', ['--wait', process.execPath, '--import', 'tsx', program, '7'], {
    encoding: 'utf8',
  });
  expect(niceOf(stdout)).toBe('7');
});

it('a session with others in it keeps its own', () => {
  const own = niceOf(readFileSync('/proc/self/autogroup', 'utf8'));
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', program, '7'], { encoding: 'utf8' });
  expect(niceOf(stdout)).toBe(own);
});
