import type { Config } from './config.ts';

export interface Platform {
  start(): Promise<{ readonly url: string }>;
  stop(): Promise<void>;
}

export function createPlatform(_config: Config): Platform {
  throw new Error('not yet');
}
