import { once } from 'node:events';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { findInstallDirectory } from '../../src/installation.ts';
import { RuntimeCatalog } from '../../src/runtimes/runtime-catalog.ts';
import { docker, engine } from './containers.ts';

/** Name and tag of the image that functions of a runtime start from. */
async function referenceOf(runtimeName: string): Promise<string> {
  const catalog = new RuntimeCatalog(engine, join(findInstallDirectory(import.meta.dirname), 'images'));
  const runtime = catalog.find(runtimeName);
  if (runtime === undefined) throw new Error(`There is no runtime ${runtimeName}`);
  const image = await engine.findImage(await catalog.imageOf(runtime));
  const reference = image?.references.find((name) => name.startsWith(`sraas/${runtimeName}:`));
  if (reference === undefined) throw new Error(`The image of ${runtimeName} has no name`);
  return reference;
}

/** Copies the image of a runtime from the machine's engine to another one, with its name. */
export async function copyRuntimeImage(runtimeName: string, target: Docker): Promise<void> {
  const archive = await docker.getImage(await referenceOf(runtimeName)).get();
  const progress = await target.loadImage(archive);
  progress.resume();
  await once(progress, 'end');
}
