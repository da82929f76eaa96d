import { access } from 'node:fs/promises';
import { notReady } from './base.ts';
import { readDistribution, type Distribution } from './distribution.ts';
import type { Runtime } from './runtime.ts';

/**
 * Checks that a base can be made on this machine at all.
 * @throws SraasError `RUNTIME_NOT_READY` with the command that mends it.
 */
export async function localRequirements(runtime: Pick<Runtime, 'name'>): Promise<Distribution> {
  const distribution = process.platform === 'linux' ? await readDistribution() : undefined;
  if (distribution === undefined) {
    throw notReady(
      runtime,
      'a base image can only be made on Debian or Ubuntu with its own package sources: let the engine reach an image ' +
        `registry, or load the official image with \`docker load\`, and try again.`,
    );
  }
  const again = `npx sraas images build ${runtime.name}`;
  if (process.getuid?.() !== 0) {
    throw notReady(runtime, `making a base image takes root, for debootstrap: run \`sudo ${again}\`.`);
  }
  if (!(await exists('/usr/sbin/debootstrap'))) {
    const install = 'apt-get install debootstrap';
    throw notReady(runtime, `making a base image takes debootstrap: run \`${install}\` and \`${again}\`.`);
  }
  return distribution;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
