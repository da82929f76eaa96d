import { installPackages, isDebian, isRoot } from './debian.mjs';
import { findProgram, runVisibly } from './program.mjs';
import { mainProgram } from './project.mjs';
import { SetupError } from './setup-error.mjs';
import { missing } from './step.mjs';

/** Nothing works without these; they come first, and are the quicker ones. */
const needed = ['node24', 'node22'];
const further = ['python3.13', 'python3.11'];

/** Makes sure that the built-in runtimes have their images. The command reports its own progress. */
export async function ensureImages({ engine, allowSetup }) {
  await ensureNeeded({ engine, allowSetup });
  // Not every machine without a registry can make a base with Python, and Node's functions run without it.
  if ((await build(engine, further)) !== 0)
    missing('images', `${further.join(' and ')} are not there: see the lines above`);
}

async function ensureNeeded({ engine, allowSetup }) {
  if ((await build(engine, needed)) === 0) return;
  // Only known now, because only a machine without the official images and without a registry needs it.
  const mayHelp = allowSetup && isRoot() && isDebian() && findProgram('debootstrap') === undefined;
  if (mayHelp) {
    await installPackages('images', ['debootstrap']);
    if ((await build(engine, needed)) === 0) return;
  }
  throw new SetupError('The runtime images are not there; the lines above say why.');
}

function build(engine, runtimes) {
  const environment = { ...process.env, SRAAS_ENGINE_HOST: engine };
  return runVisibly(process.execPath, [mainProgram, 'images', 'build', ...runtimes], environment);
}
