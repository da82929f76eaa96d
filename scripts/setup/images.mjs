import { installPackages, isDebian, isRoot } from './debian.mjs';
import { findProgram, runVisibly } from './program.mjs';
import { mainProgram } from './project.mjs';
import { SetupError } from './setup-error.mjs';

/** Makes sure that every built-in runtime has its image. The command reports its own progress. */
export async function ensureImages({ engine, allowSetup }) {
  if ((await build(engine)) === 0) return;
  // Only known now, because only a machine without the official images and without a registry needs it.
  const mayHelp = allowSetup && isRoot() && isDebian() && findProgram('debootstrap') === undefined;
  if (mayHelp) {
    await installPackages('images', ['debootstrap']);
    if ((await build(engine)) === 0) return;
  }
  throw new SetupError('The runtime images are not there; the lines above say why.');
}

function build(engine) {
  return runVisibly(process.execPath, [mainProgram, 'images', 'build'], { ...process.env, SRAAS_ENGINE_HOST: engine });
}
