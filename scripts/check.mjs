import { join } from 'node:path';
import { readSwitches } from './setup/options.mjs';
import { runQuietly } from './setup/program.mjs';
import { project } from './setup/project.mjs';
import { runScript } from './setup/setup-error.mjs';

const tool = (path, ...toolArguments) => [join(project, 'node_modules', path), ...toolArguments];

/** Files that passed, by what is in them, which is all that formatting depends on. */
const formatCache = [
  '--cache',
  '--cache-strategy=content',
  `--cache-location=${join(project, 'node_modules/.cache/prettier/check')}`,
];

/** The longest come first, so that the last one to end ends early. */
const checks = {
  format: tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', ...formatCache, '.'),
  'types and lint': tool('oxlint/bin/oxlint'),
  'unused code': tool('knip/bin/knip.js', '--no-progress'),
  'architecture rules': tool(
    'dependency-cruiser/bin/dependency-cruise.mjs',
    'src',
    'runtime',
    '--config',
    '.dependency-cruiser.cjs',
  ),
};
const sideBySide = 2;

await runScript(async () => {
  if (readSwitches({ usage: 'npm run check', summary: `Checks ${Object.keys(checks).join(', ')}.` }) === undefined)
    return 0;
  const waiting = Object.entries(checks);
  let failed = 0;
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (!(await passes(...next))) failed += 1;
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, work));
  console.log(`checks: ${Object.keys(checks).length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});

async function passes(name, command) {
  const startedMs = Date.now();
  const { exitCode, output } = await runQuietly(process.execPath, command);
  if (exitCode === 0) console.log(`[ok] ${name} (${seconds(startedMs)})`);
  else console.log(`[failed] ${name} (${seconds(startedMs)})\n${output.trimEnd()}\n`);
  return exitCode === 0;
}

function seconds(startedMs) {
  return `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;
}
