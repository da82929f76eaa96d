import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly } from './program.mjs';
import { mainProgram, project } from './project.mjs';
import { SetupError } from './setup-error.mjs';
import { ok, step } from './step.mjs';

/** Written when a build is complete; its date is the build's. */
export const buildStamp = join(project, 'dist/build.json');

const inputs = ['src', 'runtime', 'scripts/build.mjs', 'tsconfig.base.json', 'package-lock.json'];

/** SHA-256 over everything that a build reads. */
export function inputsHash() {
  const hash = createHash('sha256');
  for (const path of inputs.flatMap(filesAt)) {
    const content = readFileSync(join(project, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Builds, unless what was built last came from these very sources. */
export async function ensureBuild() {
  if (existsSync(mainProgram) && stampedHash() === inputsHash()) {
    ok('build', 'up to date');
    return;
  }
  await step('build', 'npm run build', 'done', async () => {
    const { exitCode, output } = await runQuietly(process.execPath, [join(project, 'scripts/build.mjs')]);
    if (exitCode !== 0) throw new SetupError(`The build failed:\n${output.trimEnd()}`);
  });
}

function stampedHash() {
  try {
    return JSON.parse(readFileSync(buildStamp, 'utf8')).inputs;
  } catch {
    return undefined;
  }
}

function filesAt(path) {
  const whole = join(project, path);
  if (!existsSync(whole)) return [];
  if (path.includes('.')) return [path];
  return readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(project.length + 1))
    .sort();
}
