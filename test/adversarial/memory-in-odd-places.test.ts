// RX-08: memory that is nobody's heap: files of /tmp, memfd, pipes, socket buffers, names that the kernel remembers.
// Barrier: the memory limit, which the kernel charges all of these to. Expected: out_of_memory, or a smaller limit first: with
// pipes and sockets the kernel may look so long for memory to take back that the time is over. Never more than the limit.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openArena, type Arena } from '../support/arena.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterEach(() => arena.aftermath());
afterAll(() => arena[Symbol.asyncDispose]());

const memoryMb = 64;

const fromPerl = (program: string): string => `import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  const program = ${JSON.stringify(program)};
  export const handler = async () => {
    const [code, signal] = await once(spawn('/usr/bin/perl', ['-e', program], { stdio: 'inherit' }), 'exit');
    return { code, signal };
  }`;

const files = `import { writeFileSync } from 'node:fs';
  export const handler = () => { for (let i = 0; i < 64; i++) writeFileSync('/tmp/' + i, Buffer.alloc(1 << 20, 1)); return 'all written' }`;
const memfd = fromPerl(`my $name = "hoard"; my $fd = syscall(319, $name, 0); open(my $file, ">&=", $fd);
  syswrite($file, "x" x (1 << 20)) for 1..512`);
const pipes =
  fromPerl(`my @hoard; for (1..500) { pipe(my $r, my $w) or last; fcntl($w, 1031, 1 << 20); fcntl($w, 4, 2048);
  1 while syswrite($w, "x" x 4096); push @hoard, $r, $w }`);
const sockets =
  fromPerl(`use Socket; my @hoard; for (1..500) { socketpair(my $a, my $b, AF_UNIX, SOCK_STREAM, 0) or last;
  setsockopt($a, SOL_SOCKET, SO_SNDBUF, 1 << 22); fcntl($a, 4, 2048); 1 while syswrite($a, "x" x 65536); push @hoard, $a, $b }`);
const names = fromPerl('stat("/function/no-such-file-" . "x" x 200 . $_) for 1..300000');

describe.each(['warm', 'fresh'] as const)('in a %s sandbox', (isolation) => {
  const limits = { memory_mb: memoryMb, tmp_mb: 64, cpus: 2, timeout_ms: 5000 };

  it.each([
    ['files in /tmp', files, ['out_of_memory']],
    ['pages of an anonymous file', memfd, ['out_of_memory', 'ok']],
    ['pipes', pipes, ['out_of_memory', 'ok', 'timeout']],
    ['socket buffers', sockets, ['out_of_memory', 'ok', 'timeout']],
    ['names of missing files', names, ['ok', 'timeout', 'out_of_memory']],
  ] as const)('%s are charged to the sandbox', async (_title, source, outcomes) => {
    const reply = await arena.run(source, { config: { isolation, limits } });
    expect(outcomes).toContain(reply.invocation.outcome);
    // Whom the kernel kills, the shim or the child that hoards, is for it to choose; one of them it is.
    if (source !== names && reply.invocation.outcome === 'ok')
      expect(reply.result).toMatchObject({ signal: 'SIGKILL' });
    expect(reply.invocation.max_memory_bytes ?? 0).toBeLessThanOrEqual(memoryMb * 1024 * 1024);
    await arena.aftermath(outcomes);
  });
});
