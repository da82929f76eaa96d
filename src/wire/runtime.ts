import type { BuildDocument } from './build.ts';

export interface RuntimeDocument {
  readonly name: string;
  readonly kind: 'built_in' | 'custom';
  readonly contract: 'handler' | 'command';
  /** Null for a program, and while it is not known yet. */
  readonly language: string | null;
  readonly description: string;
  /** `missing`: the engine does not have its image. `building` and `failed`: there never was one. */
  readonly state: 'ready' | 'missing' | 'building' | 'failed';
  readonly image?: string;
  readonly size_bytes?: number;
  /** Where the image's base came from. */
  readonly base?: string;
  readonly language_version?: string | null;
  /** What runs for each event, of the contract `command`. */
  readonly command?: readonly string[] | null;
  readonly recipe_sha256?: string;
  readonly built_at?: string;
  readonly created_at?: string;
  readonly updated_at?: string;
  /** Of a custom runtime: the build that was ordered last, which need not be the one that serves. */
  readonly last_build?: BuildDocument;
}

/** What a custom runtime is to be. */
export interface RuntimeDefinitionDocument {
  readonly contract: 'handler' | 'command';
  /** Found by looking into the image when left out. */
  readonly language?: 'node' | 'python';
  /** The text; left out when the context has a file `Dockerfile`. */
  readonly dockerfile?: string;
  readonly description?: string;
}

export interface PrunedImage {
  readonly image: string;
  readonly size_bytes: number;
}
