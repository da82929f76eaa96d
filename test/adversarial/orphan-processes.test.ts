// RX-02: a process that left its family: forked twice, a session of its own, deaf to HUP and TERM, all descriptors closed.
// Barrier: the sandbox's own process namespace ends with it. Expected: ok for the handler; the survivor lives no longer than
// its sandbox does.
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';
import { until } from '../support/containers.ts';
import { serverKinds } from '../support/server-kinds.ts';

describe.each(serverKinds)('on a server that $title', ({ settings }) => {
  let arena: Arena;
  beforeAll(async () => {
    arena = await openArena(settings);
  });
  afterEach(() => arena.aftermath());
  afterAll(() => arena[Symbol.asyncDispose]());

  /** Waits for the first of its three processes; the shim has no child then, and only the host can see the last one. */
  const daemon = (mark: string): string => `import { spawnSync } from 'node:child_process';
  const program = "use POSIX; exit if fork; POSIX::setsid(); exit if fork; $SIG{HUP} = $SIG{TERM} = 'IGNORE'; "
    + "POSIX::close($_) for 0..63; $0 = '${mark}'; sleep 60";
  export const handler = () => { spawnSync('/usr/bin/perl', ['-e', program], { stdio: 'ignore' }); return 'left one behind' }`;

  /** Whether the machine has a process of that name, in whichever sandbox. */
  function isAlive(mark: string): boolean {
    return readdirSync('/proc').some((id) => {
      if (!/^\d+$/.test(id)) return false;
      try {
        return readFileSync(`/proc/${id}/cmdline`, 'latin1').startsWith(mark);
      } catch {
        return false;
      }
    });
  }

  describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
    it('a daemon dies with its sandbox', async () => {
      const mark = `orphan-of-${isolation}-${process.pid}`;
      const name = await arena.deploy(daemon(mark), { isolation });
      expect(await arena.client.invoke(name)).toMatchObject({
        result: 'left one behind',
        invocation: { outcome: 'ok' },
      });
      // A sandbox with a stranger in it is nobody's second one, however soon the next call comes.
      expect((await arena.client.invoke(name)).invocation.cold_start).toBe(true);
      await arena.aftermath();
      await until(() => !isAlive(mark), 15_000, 'no process of that name is left');
    });
  });
});
