import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const program = join(import.meta.dirname, '../../fixtures/programs/takes-priority.mts');
// Source: sched(7), "The autogroup feature". Kernels without it show nothing, and so does a process that has had no session of its
// own since the machine started.
const sessionNice = (shown: string): string | undefined => /nice (-?\d+)$/.exec(shown.trim())?.[1];
const show = ['sh', '-c', 'cat /proc/self/autogroup 2>/dev/null || true'] as const;

function niceAsToldBy([command, ...parameters]: readonly [string, ...string[]]): string | undefined {
  const { stdout, status } = spawnSync(command, parameters, { encoding: 'utf8' });
  expect(status).toBe(0);
  return sessionNice(stdout);
}

const taking = [process.execPath, '--import', 'tsx', program, '7'] as const;

it('a session that is the server’s alone has its priority', () => {
  const sessionsHaveGroups = niceAsToldBy(['setsid', '--wait', ...show]) !== undefined;
  expect(niceAsToldBy(['setsid', '--wait', ...taking])).toBe(sessionsHaveGroups ? '7' : undefined);
});

it('a session with others in it keeps its own', () => {
  expect(niceAsToldBy(taking)).toBe(niceAsToldBy(show));
});
