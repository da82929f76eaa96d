import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { ProgramDocument } from '../../src/wire/program.ts';
import { containersOn } from '../support/containers.ts';
import { patience } from '../support/patience.ts';
import { ResidentMemory } from '../support/resident-memory.ts';
import { spawnServer, type ServerProcess } from '../support/server-process.ts';

const programCount = 100;
/** Less than a hundred programs write: of what the server gave to one hundred, it must not keep anything for the next. */
const mostGrownMb = 45;
const [stdoutLines, stderrLines] = [40_000, 4000];

interface Expected {
  readonly program: ProgramDocument;
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** The n-th program of a round: some read input, some fail, and all say in every line who they are. */
function nth(round: number, n: number): Expected {
  const own = `round ${round}, program ${n}`;
  const exitCode = n % 7 === 0 ? 3 : 0;
  const expected = { stdout: `${own}\n`.repeat(stdoutLines), stderr: `of ${own}\n`.repeat(stderrLines), exitCode };
  // Room for many of them at a time, and patience on a busy machine.
  const limits = { memory_mb: 64, timeout_ms: 60_000 };
  if (n % 3 === 0) {
    const code =
      `import sys\nown = sys.stdin.read()\nsys.stdout.write((own + "\\n") * ${stdoutLines})\n` +
      `sys.stderr.write(("of " + own + "\\n") * ${stderrLines})\nsys.exit(${exitCode})`;
    return { program: { runtime: 'python3', code, stdin: own, limits }, ...expected };
  }
  const code = `yes "$1" | head -n ${stdoutLines}; yes "of $1" | head -n ${stderrLines} >&2; exit ${exitCode}`;
  return { program: { runtime: 'sh', code, args: [own], limits }, ...expected };
}

async function runAll({ client }: ServerProcess, round: number): Promise<void> {
  await Promise.all(
    Array.from({ length: programCount }, async (_, n) => {
      const { program, stdout, stderr, exitCode } = nth(round, n);
      const reply = await client.runProgram(program);
      // Of texts that long, the difference helps nobody.
      const isItsOwn = { stdout: reply.stdout === stdout, stderr: reply.stderr === stderr, exitCode: reply.exit_code };
      expect({ n, ...isItsOwn }).toEqual({ n, stdout: true, stderr: true, exitCode });
    }),
  );
}

it('keeps 100 programs at once apart, loses no output of any, and leaves nothing behind', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-programs-'));
  try {
    await using server = await spawnServer(dataDirectory, ['--queue-timeout-ms', '120000']);
    const memory = new ResidentMemory(server);
    await Promise.all([
      runAll(server, 1),
      // What is looked for in the end can be seen while there is some.
      vi.waitUntil(async () => (await containersOn(dataDirectory)).length > 0, patience),
    ]);
    const settledMb = await memory.now();
    await runAll(server, 2);
    expect((await memory.now()) - settledMb).toBeLessThan(mostGrownMb);
    expect(await server.signal('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(await containersOn(dataDirectory)).toEqual([]);
  } finally {
    await rm(dataDirectory, { recursive: true, force: true });
  }
}, 120_000);
