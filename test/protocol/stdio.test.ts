import { join } from 'node:path';
import { describe, test } from 'vitest';
import { node, python, shared } from './language.ts';
import { bundledNodeShim, nodePrograms } from './node-shim.ts';
import { overStdio } from './over-stdio.ts';
import { pythonPrograms } from './python-shim.ts';
import { ShimProcess } from './shim-process.ts';
import { shows } from './shows.ts';

// Some handlers are slow on a busy machine; only one that hangs is to fail.
const patienceMs = 30_000;

const bundle = bundledNodeShim();

const pythonOptions = ['-I', '-B', '-X', 'utf8', join(import.meta.dirname, '../../runtime/python/main.py')];

// The streams of a child of Node are sockets, which cannot be opened anew: the Node shim takes its second way here. In
// containers, where the streams are pipes, test/engine shows the first.
describe.each(nodePrograms)('the Node shim over its standard streams on %s', (program) => {
  test.each([...shared(node), ...node.own].map((behaviour) => [behaviour.title, behaviour] as const))(
    '%s',
    async (_title, behaviour) => {
      const options = { program, arguments: [bundle.file], codeDirectory: node.handlers };
      await using shim = await ShimProcess.start(overStdio(options));
      await shows(shim, behaviour, node);
    },
    patienceMs,
  );
});

describe.each(pythonPrograms)('the Python shim over its standard streams on %s', (program) => {
  test.each([...shared(python), ...python.own].map((behaviour) => [behaviour.title, behaviour] as const))(
    '%s',
    async (_title, behaviour) => {
      const options = { program, arguments: pythonOptions, codeDirectory: python.handlers };
      await using shim = await ShimProcess.start(overStdio(options));
      await shows(shim, behaviour, python);
    },
    patienceMs,
  );
});
