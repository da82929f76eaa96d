import { join } from 'node:path';
import { engineSwitch, ensurePlatform } from './platform.mjs';
import { runVisibly } from './program.mjs';
import { project } from './project.mjs';
import { runScript } from './setup-error.mjs';

export const refusal = `--${Object.keys(engineSwitch)[0]}`;

/**
 * Sets up what is missing, then has Node run a program of the project with this script's own arguments behind those given here.
 * @param programPath from the project's folder.
 */
export function runOnPlatform(programPath, { nodeArguments = [], programArguments = [] }) {
  return runScript(async () => {
    const given = process.argv.slice(2);
    const engine = await ensurePlatform({ allowSetup: !given.includes(refusal) });
    const passedOn = given.filter((argument) => argument !== refusal);
    return runVisibly(
      process.execPath,
      [...nodeArguments, join(project, programPath), ...programArguments, ...passedOn],
      {
        ...process.env,
        SRAAS_ENGINE_HOST: engine,
      },
    );
  });
}
