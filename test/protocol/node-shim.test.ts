import { describe, test } from 'vitest';
import { node, shared } from './language.ts';
import { bundledNodeShim, nodePrograms } from './node-shim.ts';
import { ShimProcess } from './shim-process.ts';
import { shows } from './shows.ts';

// Some handlers are slow on a busy machine; only one that hangs is to fail.
const patienceMs = 30_000;

const bundle = bundledNodeShim();

describe.each(nodePrograms)('the Node shim on %s', (program) => {
  test.each([...shared(node), ...node.own].map((behaviour) => [behaviour.title, behaviour] as const))(
    '%s',
    async (_title, behaviour) => {
      await using shim = await ShimProcess.start(bundle.command(program));
      await shows(shim, behaviour, node);
    },
    patienceMs,
  );
});
