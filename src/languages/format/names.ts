import { checkPath } from '../../artifacts/entry-path.ts';
import { defaultArtifactLimits } from '../../artifacts/upload.ts';
import { SraasError } from '../../errors.ts';
import type { Members } from './members.ts';

const languagePattern = /^[A-Za-z0-9][A-Za-z0-9_.+#-]{0,63}$/;
const runtimePattern = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const imagePattern = /^[a-z0-9][A-Za-z0-9._:/@-]{0,254}$/;

/** Unlike other names these may have signs in them: `c++`, `c#`. */
export function isLanguageName(name: string): boolean {
  return languagePattern.test(name);
}

export const languageNameRule = 'must begin with a letter or digit and have at most 64 of A-Z a-z 0-9 _ . + # -';

export function runtimeName(members: Members, member: string): string | undefined {
  const name = members.text(member);
  if (name === undefined || runtimePattern.test(name)) return name;
  members.refuse(member, 'must be the name of a runtime');
  return undefined;
}

export function imageName(members: Members, member: string): string | undefined {
  const name = members.text(member);
  if (name === undefined || imagePattern.test(name)) return name;
  members.refuse(member, 'must be the name of an image, as in golang:latest');
  return undefined;
}

/** The path of the one file that code is put into; empty when it is refused. */
export function fileName(members: Members, member: string): string {
  const path = members.text(member);
  if (path === undefined) {
    if (!members.has(member)) members.refuse(member, 'is required: the name of the file that the code is put into');
    return '';
  }
  try {
    checkPath(path, defaultArtifactLimits);
  } catch (error) {
    if (!(error instanceof SraasError)) throw error;
    members.refuse(member, 'must be the relative path of a file, as in main.go');
  }
  return path;
}
