import { refusal, runOnPlatform } from './setup/run-on-platform.mjs';

if (process.argv.includes('--help')) {
  console.log(
    `Usage: npm test [-- ${refusal}] [-- ARGUMENTS OF VITEST]\n\nSets up what is missing, then runs the tests.`,
  );
} else await runOnPlatform('node_modules/vitest/vitest.mjs', { programArguments: ['run'] });
