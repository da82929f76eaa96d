import type { ArtifactHash } from '../../../src/artifacts/artifact-hash.ts';
import type { ImageUse } from '../../../src/runtimes/custom/image-use.ts';
import { imageKey, type MadeImage } from '../../../src/runtimes/custom/made-image.ts';

/** The record of an image whose recipe differs by `name`. */
export function image(name: string, use: ImageUse = 'node'): MadeImage {
  const recipeHash = Buffer.from(name).toString('hex').padStart(64, '0');
  return {
    key: imageKey(recipeHash, use),
    recipeHash,
    use,
    dockerfile: `FROM debian\nLABEL name="${name}"\n`,
    contextHash: 'c'.repeat(64) as ArtifactHash,
    imageId: `sha256:${name}`,
    sizeBytes: 123_456,
    base: 'debian (sha256:base)',
    interpreter: { path: '/usr/bin/node', version: '24.1.0' },
    searchPath: '/usr/bin',
    command: ['node', '--version'],
    workingDirectory: '/work',
    createdAt: new Date('2026-01-02T03:00:00.000Z'),
  };
}
