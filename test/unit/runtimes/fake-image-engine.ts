import { EngineError, type EngineErrorCode } from '../../../src/engine/engine-error.ts';
import type { BuildOptions, EngineImage } from '../../../src/engine/engine.ts';
import type { ImageEngine } from '../../../src/runtimes/image-engine.ts';

/** An engine that only keeps a list of images. `pulls` and `builds` tell what it was asked for. */
export class FakeImageEngine implements ImageEngine {
  readonly images: EngineImage[] = [];
  readonly pulls: string[] = [];
  readonly builds: BuildOptions[] = [];
  listings = 0;
  /** What a pull ends with; undefined for success. */
  pullFailure: EngineErrorCode | undefined = 'refused';

  add(reference: string, labels: Readonly<Record<string, string>> = {}, createdAt = new Date(0)): EngineImage {
    const image = { id: `sha256:${this.images.length}`, references: [reference], labels, sizeBytes: 1000, createdAt };
    this.images.push(image);
    return image;
  }

  findImage(reference: string): Promise<EngineImage | undefined> {
    return Promise.resolve(this.images.find((image) => image.references.includes(reference)));
  }

  listImages(labels: Readonly<Record<string, string>>): Promise<readonly EngineImage[]> {
    this.listings += 1;
    const wanted = Object.entries(labels);
    return Promise.resolve(this.images.filter((image) => wanted.every(([key, value]) => image.labels[key] === value)));
  }

  pullImage(reference: string): Promise<EngineImage> {
    this.pulls.push(reference);
    if (this.pullFailure !== undefined) return Promise.reject(new EngineError(this.pullFailure, 'no such host'));
    return Promise.resolve(this.add(reference));
  }

  importImage(): Promise<EngineImage> {
    return Promise.reject(new EngineError('refused', 'not expected here'));
  }

  buildImage(_context: NodeJS.ReadableStream, options: BuildOptions): Promise<EngineImage> {
    this.builds.push(options);
    return Promise.resolve(this.add(options.reference, options.labels, new Date(this.builds.length)));
  }
}
