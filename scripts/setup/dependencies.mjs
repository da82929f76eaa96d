import { statSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './program.mjs';
import { project } from './project.mjs';
import { SetupError } from './setup-error.mjs';
import { ok, step } from './step.mjs';

/** Installs what package-lock.json names, unless that was done since it last changed. */
export async function ensureDependencies() {
  if (changedAt('node_modules/.package-lock.json') >= changedAt('package-lock.json')) {
    ok('dependencies', 'in place');
    return;
  }
  await step('dependencies', 'npm ci', 'installed', async () => {
    const { exitCode, output } = await runQuietly('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
    if (exitCode !== 0) throw new SetupError(`npm ci failed:\n${firstErrors(output)}`);
  });
}

function changedAt(path) {
  return statSync(join(project, path), { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

/** npm says what is wrong first, and its whole manual after that. */
function firstErrors(output) {
  const lines = output.split('\n').filter((line) => /^npm (error|ERR!) +\S/.test(line));
  return lines.slice(0, 8).join('\n');
}
