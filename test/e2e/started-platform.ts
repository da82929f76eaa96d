import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { runCli } from '../../src/cli/program.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { createPlatform, type Platform } from '../../src/platform.ts';
import { recordWorld } from '../unit/cli/recorded-world.ts';

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Stand {
  readonly stdin?: string;
  readonly terminal?: boolean;
}

/**
 * Starts a server with a data folder of its own before the tests of a file and stops it after them.
 * @returns what runs a command line against it.
 */
export function startPlatform(): (commandLine: readonly string[], stand?: Stand) => Promise<Ran> {
  let platform: Platform | undefined;
  let folder: string | undefined;
  let url = '';

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sraas-e2e-'));
    const flags = { port: '0', 'data-dir': join(folder, 'data'), 'run-dir': join(folder, 'run'), 'log-level': 'error' };
    platform = createPlatform(parseConfig({ flags, environment: {} }));
    ({ url } = await platform.start());
  });
  afterAll(async () => {
    await platform?.stop();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  return async (commandLine, stand = {}) => {
    const recorded = recordWorld({
      ...stand,
      environment: { SRAAS_URL: url },
      fetch: (address, init) => fetch(address, init),
    });
    const { installDirectory } = recorded.world;
    const world = { ...recorded.world, workingDirectory: installDirectory };
    const exitCode = await runCli(commandLine, world);
    return { exitCode, stdout: recorded.stdout(), stderr: recorded.stderr() };
  };
}
