import type { Engine } from '../engine/engine.ts';

/** The part of the engine port that is about images: all that this room needs of it. */
export type ImageEngine = Pick<Engine, 'findImage' | 'listImages' | 'pullImage' | 'importImage' | 'buildImage'>;
