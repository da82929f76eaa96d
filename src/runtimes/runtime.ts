/** A named recipe for the image that a language's handlers run in. */
export interface Runtime {
  /** `node24` for example; also the name of its folder under `images/`. */
  readonly name: string;
  readonly language: 'node' | 'python';
  readonly description: string;
  /** Absolute path of the interpreter inside the image. */
  readonly interpreter: string;
  /** The version that users choose by: `24`, `3.13`. */
  readonly majorVersion: string;
}

/** Whether a runtime can be used on this engine, and what it was made of. */
export type RuntimeState =
  | { readonly runtime: Runtime; readonly state: 'missing' }
  | {
      readonly runtime: Runtime;
      readonly state: 'ready';
      /** Content id, `sha256:…`. */
      readonly imageId: string;
      readonly sizeBytes: number;
      readonly createdAt: Date;
      /** Where the image's base came from: `official: node:24-slim` for example. */
      readonly base: string;
    };

export const builtInRuntimes: readonly Runtime[] = [node('24'), node('22')];

function node(majorVersion: string): Runtime {
  return {
    name: `node${majorVersion}`,
    language: 'node',
    description: `Node.js ${majorVersion}`,
    interpreter: '/usr/local/bin/node',
    majorVersion,
  };
}
