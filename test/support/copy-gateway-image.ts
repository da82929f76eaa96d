import { once } from 'node:events';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { findInstallDirectory } from '../../src/installation.ts';
import { GatewayImage } from '../../src/networks/gateway-image.ts';
import { docker, engine } from './containers.ts';

/** Copies the gateway's image from the machine's engine, where it is built if it is missing, to another one, with its name. */
export async function copyGatewayImage(target: Docker): Promise<string> {
  const images = new GatewayImage(engine, join(findInstallDirectory(import.meta.dirname), 'images'));
  const { image } = await images.build({ onProgress: () => undefined });
  const reference = image.references.find((name) => name.startsWith('sraas/gateway:'));
  if (reference === undefined) throw new Error('The image of the gateway has no name');
  const progress = await target.loadImage(await docker.getImage(reference).get());
  progress.resume();
  await once(progress, 'end');
  return reference;
}
