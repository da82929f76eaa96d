import { SetupError } from './setup-error.mjs';

const needed = [20, 19];

export function checkNodeVersion(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > needed[0] || (major === needed[0] && minor >= needed[1])) return;
  throw new SetupError(
    `Node ${needed.join('.')} or newer is needed, and this is ${version}: install a newer one and try again.`,
  );
}
