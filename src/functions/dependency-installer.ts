import type { StagedArtifact } from '../artifacts/artifact-store.ts';
import type { UploadedFile } from '../artifacts/upload.ts';
import { SraasError } from '../errors.ts';
import type { BuildLine } from '../runtimes/custom/build-source.ts';

/** What packages are to be added to. */
export interface InstallOrder {
  readonly runtime: { readonly name: string; readonly language: 'node' | 'python' };
  /** The files as they came, which may list packages, hold some, and bring scripts that make some. Not discarded meanwhile. */
  readonly uploaded: StagedArtifact;
  /** The files as they will run. */
  readonly code: StagedArtifact;
  /** Told of each line that the package manager says. */
  readonly onLine: (line: BuildLine) => void;
}

/** Installs the packages that an upload lists; the part of the dependencies that a deploy needs. */
export interface DependencyInstaller {
  /**
   * The code with its packages, to be staged as it is, soon.
   * @throws SraasError `INVALID_CONFIG` when the upload does not say what to install, `DEPENDENCIES_FAILED`, `ARTIFACT_TOO_LARGE`,
   * `QUEUE_FULL`, `RUNTIME_NOT_READY`, and what starting a container throws.
   */
  addPackages(order: InstallOrder): Promise<Iterable<UploadedFile>>;
}

/** `reason` is a clause: `only the built-in runtimes install packages`. */
export function refuseInstall(reason: string): SraasError {
  return new SraasError('INVALID_CONFIG', `Leave dependencies out: ${reason}.`, {
    violations: [{ pointer: '/dependencies', message: `must be "none": ${reason}` }],
  });
}
