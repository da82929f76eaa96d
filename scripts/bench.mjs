import { runOnPlatform } from './setup/run-on-platform.mjs';

await runOnPlatform('bench/main.ts', { nodeArguments: ['--import', 'tsx'] });
