import { join } from 'node:path';
import { engineSwitch, ensurePlatform } from './setup/platform.mjs';
import { runVisibly } from './setup/program.mjs';
import { project } from './setup/project.mjs';
import { runScript } from './setup/setup-error.mjs';

const refusal = `--${Object.keys(engineSwitch)[0]}`;

await runScript(async () => {
  const given = process.argv.slice(2);
  if (given.includes('--help')) {
    console.log(
      `Usage: npm test [-- ${refusal}] [-- ARGUMENTS OF VITEST]\n\nSets up what is missing, then runs the tests.`,
    );
    return 0;
  }
  const engine = await ensurePlatform({ allowSetup: !given.includes(refusal) });
  const vitest = join(project, 'node_modules/vitest/vitest.mjs');
  const vitestArguments = given.filter((argument) => argument !== refusal);
  return runVisibly(process.execPath, [vitest, 'run', ...vitestArguments], {
    ...process.env,
    SRAAS_ENGINE_HOST: engine,
  });
});
