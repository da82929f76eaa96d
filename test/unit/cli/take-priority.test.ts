import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../fixtures/programs/takes-priority.mts');
const file = '/proc/self/autogroup';
// Source: sched(7), "The autogroup feature". Kernels without it, or with it switched off, show nothing.
const niceOf = (autogroup: string): string | undefined => /nice (-?\d+)$/.exec(autogroup.trim())?.[1];
const own = existsSync(file) ? niceOf(readFileSync(file, 'utf8')) : undefined;

function sessionNiceAfter(command: string, leading: readonly string[]): string | undefined {
  const { stdout, status } = spawnSync(command, [...leading, '--import', 'tsx', program, '7'], { encoding: 'utf8' });
  expect(status).toBe(0);
  return niceOf(stdout);
}

it('a session that is the server’s alone has its priority', () => {
  expect(sessionNiceAfter('setsid', ['--wait', process.execPath])).toBe(own === undefined ? undefined : '7');
});

it('a session with others in it keeps its own', () => {
  expect(sessionNiceAfter(process.execPath, [])).toBe(own);
});
