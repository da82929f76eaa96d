// RX-16: hundreds of pipes, each grown to a mebibyte.
// Barrier: a user id per sandbox, as the kernel counts pipe memory per user. Expected: another function's pipes are as large
// as ever; they shrink where the two share a user.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { until } from '../support/containers.ts';
import { perlProbe, sandboxSpec, startContainer, stopped, worked } from '../support/probe.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

/** F_SETPIPE_SZ is 1031, F_GETPIPE_SZ 1032. Source: fcntl(2). */
const grow = 'my @hoard; for (1..400) { pipe(my $r, my $w) or last; fcntl($w, 1031, 1 << 20); push @hoard, $r, $w }';
const measure = 'pipe(my $r, my $w) or die; print fcntl($w, 1032, 0) + 0';

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  it('growing pipes leaves those of another function as they are', async () => {
    const hoarder = `import { spawn } from 'node:child_process';
      export const handler = () => new Promise(() => {
        spawn('/usr/bin/perl', ['-e', '${grow}; $| = 1; print "grown"; sleep 20'], { stdio: 'inherit' });
      })`;
    const victim = `import { execFileSync } from 'node:child_process';
      export const handler = () => Number(execFileSync('/usr/bin/perl', ['-e', '${measure}']))`;
    const config = { isolation, limits: { timeout_ms: 1500, cpus: 1 } };
    const attacker = await arena.deploy(hoarder, config);
    const neighbour = await arena.deploy(victim, { isolation });
    const attack = arena.client.invoke(attacker);
    const sizes = [];
    for (let i = 0; i < 3; i++) sizes.push((await arena.client.invoke(neighbour)).result);
    expect(await attack).toMatchObject({ logs: 'grown', invocation: { outcome: 'timeout' } });
    expect(sizes).toEqual([65_536, 65_536, 65_536]);
  });
});

it('shrinks the pipes of a sandbox that would have the same user', async () => {
  await using hoarder = await sandboxSpec(30_011);
  await using victim = await sandboxSpec(30_012);
  const mounts = hoarder.spec.mounts.map((mount) => ({ ...mount, readOnly: false }));
  const command = ['/usr/bin/perl', '-e', `${grow}; open(my $f, '>', '/function/grown'); close($f); sleep 25`];
  await using _held = await startContainer({ ...hoarder.spec, mounts, command });
  await until(() => existsSync(join(hoarder.codeDirectory, 'grown')), 10_000, 'the pipes are grown');

  const isSmall = `pipe(my $r, my $w) or exit(${worked}); exit(fcntl($w, 1032, 0) < 65536 ? ${worked} : ${stopped})`;
  expect((await perlProbe(victim.spec, isSmall)).exitCode).toBe(stopped);
  const sameUser = { ...victim.spec, name: `${victim.spec.name}-open`, user: hoarder.spec.user };
  expect((await perlProbe(sameUser, isSmall)).exitCode).toBe(worked);
});
