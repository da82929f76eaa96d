import { notReady } from './base.ts';
import { otherRelease } from './distribution.ts';
import type { LanguageBase } from './language-base.ts';
import { rootPackages } from './root-packages.ts';

/** The Debian releases whose own Python is of a version. */
const releases: Readonly<Record<string, string>> = { '3.11': 'bookworm', '3.13': 'trixie' };

/** Python and pip as a release of Debian has them. Where the machine runs another release, the same mirror and keyring give this one. */
export const pythonBase: LanguageBase = {
  root: (runtime, machine) => {
    const codename = machine.id === 'debian' ? releases[runtime.majorVersion] : undefined;
    if (codename === undefined) {
      throw notReady(
        runtime,
        `a base image with Python ${runtime.majorVersion} can only be made on Debian, whose releases have it: let the engine ` +
          'reach an image registry, or load the official image with `docker load`, and try again.',
      );
    }
    return { distribution: otherRelease(machine, codename), packages: [...rootPackages, 'python3', 'python3-pip-whl'] };
  },
  program: (runtime) => Promise.resolve({ name: runtime.description, version: runtime.majorVersion, files: [] }),
};
