// What docs/conformance.md lists of handlers and programs, shown by the shim in the image of every built-in runtime, as the product starts it.
import { beforeAll, describe, test } from 'vitest';
import { builtInRuntimes } from '../../src/runtimes/runtime.ts';
import { languages, shared } from '../protocol/language.ts';
import { programBehaviours } from '../protocol/program-behaviours.ts';
import { ShimProcess, type StartShim } from '../protocol/shim-process.ts';
import { shows } from '../protocol/shows.ts';
import { showsProgram } from '../protocol/shows-program.ts';
import { asContainer } from './shim-container.ts';

describe.each(builtInRuntimes)('the shim in the image of $name', (runtime) => {
  const language = languages[runtime.language];
  let start: StartShim;
  beforeAll(async () => {
    start = await asContainer(runtime, language.handlers);
  });

  test.each(shared(language).map((behaviour) => [behaviour.title, behaviour] as const))(
    '%s',
    async (_title, behaviour) => {
      await using shim = await ShimProcess.start(start);
      await shows(shim, behaviour, language);
    },
  );

  test.each(programBehaviours.map((behaviour) => [behaviour.title, behaviour] as const))(
    'runs programs: %s',
    async (_title, behaviour) => {
      await using shim = await ShimProcess.start(start);
      await showsProgram(shim, behaviour);
    },
  );
});
