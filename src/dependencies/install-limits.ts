/**
 * Which network an install has. `default`: WEAKENS: the engine's default bridge, which leads wherever the engine's machine can
 * go, private networks included. `egress`: the filtered one of functions, public addresses alone. `none`: packages of the upload only.
 */
export type InstallNetwork = 'default' | 'egress' | 'none';

/** Where packages come from. Empty texts leave it to the package managers. */
export interface Registries {
  readonly npmRegistry: string;
  readonly pipIndex: string;
  /** Host file with certificates in PEM that installs trust; for npm and pip in the place of their own. */
  readonly certificatesFile: string;
}

export interface InstallLimits {
  readonly timeoutMs: number;
  /** Memory of the container, with the files of the install. */
  readonly memoryMb: number;
  readonly cpus: number;
  readonly pids: number;
  /** Most bytes of all that comes out, as a tar. */
  readonly packedBytes: number;
}

/** Most that a package manager may say: more is no progress that anybody reads. */
export const maxToldBytes = 5_000_000;
