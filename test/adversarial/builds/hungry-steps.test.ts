// BL-10, BL-11, BL-29 and their like: steps of a build hang, flood, fork, fill memory and disk.
// Barriers: wall clock, kept and read output, processes, memory, written bytes. Expected: the build fails with a sentence that names
// the bound and the line; nothing of it is left on the engine; the canary of a server beside it answers all the while.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openArena, type Arena } from '../../support/arena.ts';
import { openLocalBuilds, tightLimits, type LocalBuilds } from '../../support/local-builds.ts';

let arena: Arena;
let local: LocalBuilds;
beforeAll(async () => {
  arena = await openArena();
  local = await openLocalBuilds({ timeoutMs: 15_000 });
});
afterEach(async () => {
  await local.removeImages();
  await arena.aftermath();
});
afterAll(async () => {
  await local[Symbol.asyncDispose]();
  await arena[Symbol.asyncDispose]();
});

const perl = (program: string): string => `RUN ["perl", "-e", ${JSON.stringify(program)}]`;

it('a step that hangs ends with the time of the build, whatever signals it ignores', async () => {
  const build = await local.build(`FROM BASE\n${perl('$SIG{$_} = "IGNORE" for qw(TERM INT HUP); sleep 1 while 1')}\n`);
  expect(build.problem?.detail).toMatch(/^The build took longer than 15 s\. It was at line 2: RUN /);
});

it('a step that floods is held up, and what is kept of its output is bounded', async () => {
  const build = await local.build('FROM BASE\nRUN yes flood\n');
  expect(build.state).toBe('failed');
  expect(build.log().length).toBeLessThan(tightLimits.logBytes);
  expect(build.log()).toMatch(/… \d+ lines left out …/);
});

it('a step that floods without line ends costs no memory', async () => {
  const before = process.memoryUsage().rss;
  const build = await local.build(`FROM BASE\n${perl('$| = 1; print "x" x 65536 while 1')}\n`);
  expect(build.state).toBe('failed');
  expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
});

it('a fork bomb stops at the number of processes', async () => {
  const build = await local.build(`FROM BASE\n${perl('while (1) { fork; select undef, undef, undef, 0.01 }')}\n`);
  expect(build.problem?.detail).toMatch(/^A step ran 64 processes and threads/);
});

it('a step that wants more memory than it may have is killed, and told why', async () => {
  const build = await local.build(`FROM BASE\n${perl('my @a; push @a, "x" x 10_000_000 while 1')}\n`);
  expect(build.problem).toMatchObject({ line: 2, exitCode: 137 });
  expect(build.problem?.detail).toContain('more than the 128 MB of memory');
});

it('a step that fills the disk is stopped, with one file', async () => {
  const build = await local.build('FROM BASE\nRUN head -c 10G /dev/zero > /big\n');
  expect(build.problem?.detail).toMatch(/File size limit|exit code|64 MB that it may/);
});

it('a step that fills the disk is stopped, with many files', async () => {
  const program =
    'for my $i (1 .. 1e6) { open my $f, ">", "/f$i"; print $f "x" x 1_000_000; select undef, undef, undef, 0.02 }';
  const build = await local.build(`FROM BASE\n${perl(program)}\n`);
  expect(build.problem?.detail).toMatch(/^The build wrote more than the 64 MB that it may\./);
});

it('steps that fill the disk one after the other are stopped', async () => {
  const steps = Array.from({ length: 8 }, (_, index) => `RUN head -c 20M /dev/urandom > /f${index}; sleep 2`);
  const build = await local.build(`FROM BASE\n${steps.join('\n')}\n`);
  expect(build.problem?.detail).toMatch(/^The build wrote more than the 64 MB that it may\./);
});

it('processes that a step leaves behind end with it', async () => {
  const build = await local.build(
    'FROM BASE\nRUN (setsid sleep 1000 > /dev/null 2>&1 &) ; true\nRUN ls /proc | grep -c "^[0-9]"\n',
  );
  expect(build.state).toBe('succeeded');
});
