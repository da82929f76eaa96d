// RX-40: memory that must not be swapped, more than a sandbox may lock, and all of it.
// Barrier: the limit of locked memory and the system call filter. Expected: ENOMEM or EPERM; both work where the limit is
// raised and the filter is gone.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

import { perlProbe, sandboxSpec, stopped, worked } from '../support/probe.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

/** mlock is call 149 and mlockall 151 on this architecture; EPERM is 1, ENOMEM 12. */
const lockPart =
  'my $hoard = "x" x (1 << 20); exit(syscall(149, $hoard, 1 << 20) == 0 ? WORKED : $! == 12 || $! == 1 ? STOPPED : 1)';
const lockAll = 'exit(syscall(151, 2) == 0 ? WORKED : $! == 12 || $! == 1 ? STOPPED : 1)';
const withCodes = (program: string): string =>
  program.replaceAll('WORKED', String(worked)).replaceAll('STOPPED', String(stopped));

describe.each([
  ['1 MiB', lockPart],
  ['everything from now on', lockAll],
])('locking %s', (_title, program) => {
  it.each(['warm', 'fresh'] as const)('is refused in a %s sandbox', async (isolation) => {
    const source = `import { spawnSync } from 'node:child_process';
      export const handler = () => spawnSync('/usr/bin/perl', ['-e', ${JSON.stringify(withCodes(program))}]).status`;
    expect((await arena.run(source, { config: { isolation } })).result).toBe(stopped);
  });

  it('works where the barrier is taken away', async () => {
    await using base = await sandboxSpec();
    const ulimits = { ...base.spec.ulimits, memlock: 4 << 20 };
    const open = { ...base.spec, ulimits, seccompProfile: 'unconfined' };
    expect((await perlProbe(open, withCodes(program))).exitCode).toBe(worked);
  });
});
