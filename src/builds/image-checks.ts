import type { ImageDetails } from '../engine/build.ts';
import type { BuiltImageFacts } from './image-build.ts';
import { maxLayers } from './dockerfile/policy.ts';
import { baseOf } from './labels.ts';

interface ImageBounds {
  readonly maxBytes: number;
  /** In the words of images. */
  readonly architecture: string;
}

/** Most bytes of what an image says of itself: it is in every answer of the engine about a container of it. */
const maxConfigBytes = 256 * 1024;

/** Why a finished image is not kept, in one sentence; undefined when it is. */
export function imageObjection(image: ImageDetails, { maxBytes, architecture }: ImageBounds): string | undefined {
  if (image.sizeBytes > maxBytes) {
    return `The image has ${megabytes(image.sizeBytes)} MB with its base; at most ${megabytes(maxBytes)} MB are kept.`;
  }
  if (image.layers > maxLayers)
    return `The image has ${image.layers} layers with those of its base; at most ${maxLayers} are kept.`;
  if (image.volumes.length > 0) return 'The image declares volumes, which nothing limits; leave them out.';
  if (image.triggers.length > 0) return 'The image has ONBUILD instructions; leave them out.';
  if (image.operatingSystem !== 'linux' || image.architecture !== architecture) {
    return `The image is for ${image.operatingSystem}/${image.architecture}, not for linux/${architecture}.`;
  }
  const { labels, environment, entryPoint, command, workingDirectory } = image;
  if (JSON.stringify([labels, environment, entryPoint, command]).length > maxConfigBytes) {
    return 'The image has too many labels and variables, or too long ones.';
  }
  const loader = Object.keys(environment).find((name) => /^LD_(?!PRELOAD$|LIBRARY_PATH$)/.test(name));
  if (loader !== undefined)
    return `The image sets ${loader}, which would change how every program in a sandbox starts; leave it out.`;
  if (/^\/(proc|sys|dev)(\/|$)/.test(workingDirectory))
    return 'The image works in a folder of the kernel; set another WORKDIR.';
  return undefined;
}

export function imageFacts(image: ImageDetails): BuiltImageFacts {
  return {
    imageId: image.id,
    sizeBytes: image.sizeBytes,
    layers: image.layers,
    command: [...image.entryPoint, ...image.command],
    workingDirectory: image.workingDirectory === '' ? '/' : image.workingDirectory,
    environment: image.environment,
    base: baseOf(image.labels),
  };
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / 1_048_576);
}
