import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StagedArtifact } from '../artifacts/staged-artifact.ts';
import { SraasError } from '../errors.ts';

/** What was uploaded, as far as finding out what to install needs it. */
export type Upload = Pick<StagedArtifact, 'directory' | 'files'>;

/** Lock files are long, but they are read as text, whole. */
const maxListBytes = 20_000_000;

/** The text of a file that names packages. @throws SraasError `INVALID_CONFIG` when it is too long. */
export async function listText(upload: Upload, path: string): Promise<string> {
  const file = upload.files.find((each) => each.path === path);
  if (file !== undefined && file.sizeBytes > maxListBytes) {
    throw cannotInstall(`${path} has more than ${maxListBytes / 1_000_000} MB, which no list of packages needs`);
  }
  return readFile(join(upload.directory, path), 'utf8');
}

export function hasFile(upload: Upload, path: string): boolean {
  return upload.files.some((file) => file.path === path);
}

/** The upload does not say what to install. `reason` is a clause: `there is no requirements.txt at its top`. */
export function cannotInstall(reason: string): SraasError {
  return new SraasError('INVALID_CONFIG', `With dependencies "install" packages are installed, but ${reason}.`, {
    violations: [{ pointer: '/dependencies', message: `cannot be "install": ${reason}` }],
  });
}
