import { ensureBuild } from './build.mjs';
import { linkCommand } from './command-link.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { ensureEngine } from './engine.mjs';
import { ensureImages } from './images.mjs';
import { checkNodeVersion } from './node-version.mjs';

/** Everything that the server and the tests need. What is in place already is left alone. Resolves with the engine's address. */
export async function ensurePlatform({ allowSetup }) {
  checkNodeVersion();
  await ensureDependencies();
  await ensureBuild();
  linkCommand();
  const engine = await ensureEngine({ allowSetup });
  await ensureImages({ engine, allowSetup });
  return engine;
}

export const engineSwitch = {
  'no-engine-setup': 'Never installs or starts a container engine, nor packages that images need',
};
