import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { encodeFrame, shimExitCode } from '../../runtime/protocol.ts';
import { node, python } from './language.ts';
import { bundledNodeShim, nodePrograms } from './node-shim.ts';
import { overStdio } from './over-stdio.ts';
import { asPlainProcess } from './plain-process.ts';
import { programBehaviours } from './program-behaviours.ts';
import { pythonPrograms, pythonShim } from './python-shim.ts';
import { initHead, programHead, ShimProcess, type StartShim } from './shim-process.ts';
import { showsProgram } from './shows-program.ts';

// Some programs are slow on a busy machine; only one that hangs is to fail.
const patienceMs = 30_000;

const pythonMain = join(import.meta.dirname, '../../runtime/python/main.py');

const bundle = bundledNodeShim();

const shims: readonly (readonly [what: string, start: () => StartShim])[] = [
  ...nodePrograms.flatMap((program) => [
    [`the Node shim on ${program}`, () => bundle.command(program)] as const,
    [
      `the Node shim over its standard streams on ${program}`,
      () => overStdio({ program, arguments: [bundle.file], codeDirectory: node.handlers }),
    ] as const,
  ]),
  ...pythonPrograms.flatMap((program) => [
    [`the Python shim on ${program}`, () => pythonShim(program)] as const,
    [
      `the Python shim over its standard streams on ${program}`,
      () =>
        overStdio({
          program,
          arguments: ['-I', '-B', '-X', 'utf8', pythonMain],
          codeDirectory: python.handlers,
        }),
    ] as const,
  ]),
];

describe.each(shims)('a program of %s', (_what, startShim) => {
  test.each(programBehaviours.map((behaviour) => [behaviour.title, behaviour] as const))(
    '%s',
    async (_title, behaviour) => {
      await using shim = await ShimProcess.start(startShim());
      await showsProgram(shim, behaviour);
    },
    patienceMs,
  );

  test('works in the code folder when the host names no other', async () => {
    await using shim = await ShimProcess.start(startShim());
    const { stdout } = await shim.runProgram({ command: ['ls'] });
    expect(stdout.toString()).toContain('echoes-event');
  });

  test('tells of output while it still runs', async () => {
    await using shim = await ShimProcess.start(startShim());
    await shim.next();
    shim.send(encodeFrame('program', programHead({ command: ['sh', '-c', 'echo first; sleep 60'] })));
    expect(await shim.next()).toEqual({ type: 'output', stream: 'stdout', bytes: Buffer.from('first\n') });
  });

  test.each([
    ['another program', encodeFrame('program', programHead({ command: ['true'] }))],
    ['an init', encodeFrame('init', initHead('echoes-event'))],
  ])('ends with its shim at %s', async (_frame, bytes) => {
    await using shim = await ShimProcess.start(startShim());
    await shim.next();
    shim.send(encodeFrame('program', programHead({ command: ['sleep', '60'] })));
    shim.send(bytes);
    expect(await shim.next()).toEqual({ type: 'exit', code: shimExitCode.protocolViolation, signal: null });
  });

  test('is not begun without the name of one', async () => {
    await using shim = await ShimProcess.start(startShim());
    await shim.next();
    shim.send(encodeFrame('program', programHead({ command: [] })));
    expect(await shim.next()).toEqual({ type: 'exit', code: shimExitCode.protocolViolation, signal: null });
  });
});

test.each(nodePrograms)(
  'a program of the Node shim on %s has its streams where the system makes no FIFOs',
  async (program) => {
    const searchPath = await mkdtemp(join(tmpdir(), 'sraas-path-'));
    onTestFinished(() => rm(searchPath, { recursive: true }));
    for (const name of ['sh', 'cat']) await symlink(`/bin/${name}`, join(searchPath, name));
    const options = { program, arguments: [bundle.file], codeDirectory: node.handlers, searchPath };
    await using shim = await ShimProcess.start(asPlainProcess(options));
    const command = ['sh', '-c', 'cat; echo err >&2; cat /dev/null & exit 4'];
    const { ended, stdout, stderr } = await shim.runProgram({ command }, Buffer.from('in'));
    expect([stdout.toString(), stderr.toString()]).toEqual(['in', 'err\n']);
    expect(ended).toMatchObject({ exitCode: 4 });
  },
);
