import { describe, test } from 'vitest';
import { python, shared } from './language.ts';
import { pythonPrograms, pythonShim } from './python-shim.ts';
import { ShimProcess } from './shim-process.ts';
import { shows } from './shows.ts';

// Some handlers are slow on a busy machine; only one that hangs is to fail.
const patienceMs = 30_000;

describe.each(pythonPrograms)('the Python shim on %s', (program) => {
  test.each([...shared(python), ...python.own].map((behaviour) => [behaviour.title, behaviour] as const))(
    '%s',
    async (_title, behaviour) => {
      await using shim = await ShimProcess.start(pythonShim(program));
      await shows(shim, behaviour, python);
    },
    patienceMs,
  );
});
