/** What a sandbox has to know of a runtime to start a shim on its image. */
export interface HandlerRuntime {
  readonly name: string;
  readonly language: 'node' | 'python';
  /** Absolute path of the interpreter inside the image. */
  readonly interpreter: string;
  /** PATH of its sandboxes; the usual folders when left out. */
  readonly searchPath?: string;
}

/** A named recipe for the image that a language's handlers run in. Its name is also that of its folder under `images/`. */
export interface Runtime extends HandlerRuntime {
  readonly description: string;
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

/** In the order in which they are built and listed. */
export const builtInRuntimes: readonly Runtime[] = [node('24'), node('22'), python('3.13'), python('3.11')];

function node(majorVersion: string): Runtime {
  return {
    name: `node${majorVersion}`,
    language: 'node',
    description: `Node.js ${majorVersion}`,
    interpreter: '/usr/local/bin/node',
    majorVersion,
  };
}

function python(majorVersion: string): Runtime {
  return {
    name: `python${majorVersion}`,
    language: 'python',
    description: `Python ${majorVersion}`,
    interpreter: '/usr/local/bin/python3',
    majorVersion,
  };
}
