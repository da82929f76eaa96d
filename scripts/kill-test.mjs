import { runOnPlatform } from './setup/run-on-platform.mjs';

await runOnPlatform('test/kill/main.ts', { nodeArguments: ['--import', 'tsx'] });
