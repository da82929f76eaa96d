/** What installs packages: the one that a runtime's base image brings. */
export type PackageManager = 'npm' | 'pip';

export function packageManagerOf(language: 'node' | 'python'): PackageManager {
  switch (language) {
    case 'node':
      return 'npm';
    case 'python':
      return 'pip';
    default:
      return language satisfies never;
  }
}
