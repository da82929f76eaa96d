import { existsSync, readFileSync } from 'node:fs';
import { lastLines, runQuietly } from './program.mjs';
import { SetupError } from './setup-error.mjs';
import { step } from './step.mjs';

/** Whether this machine's packages are Debian's or Ubuntu's. */
export function isDebian() {
  if (!existsSync('/etc/os-release')) return false;
  const release = readFileSync('/etc/os-release', 'utf8');
  return /^ID="?(debian|ubuntu)"?$/m.test(release);
}

export function isRoot() {
  return process.getuid?.() === 0;
}

/** Installs packages by apt, without questions and without what is merely recommended. */
export async function installPackages(subject, packages) {
  await step(subject, `apt-get install ${packages.join(' ')}`, 'installed', async () => {
    await apt('update');
    await apt('install', '-y', '--no-install-recommends', ...packages);
  });
}

async function apt(...aptArguments) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { exitCode, output } = await runQuietly('apt-get', ['-q', ...aptArguments], environment);
  if (exitCode !== 0) throw new SetupError(`apt-get ${aptArguments[0]} failed:\n${lastLines(output, 8)}`);
}
