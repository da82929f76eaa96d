import { join } from 'node:path';
import { engineSwitch, ensurePlatform } from './setup/platform.mjs';
import { runVisibly } from './setup/program.mjs';
import { project } from './setup/project.mjs';
import { runScript } from './setup/setup-error.mjs';

const refusal = `--${Object.keys(engineSwitch)[0]}`;

await runScript(async () => {
  const given = process.argv.slice(2);
  const engine = await ensurePlatform({ allowSetup: !given.includes(refusal) });
  const killArguments = given.filter((argument) => argument !== refusal);
  return runVisibly(process.execPath, ['--import', 'tsx', join(project, 'test/kill/main.ts'), ...killArguments], {
    ...process.env,
    SRAAS_ENGINE_HOST: engine,
  });
});
