import type { Command } from 'commander';
import { stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Config } from '../../config/config.ts';
import { ConfigError } from '../../config/config-error.ts';
import { parseConfig } from '../../config/parse-config.ts';
import { SraasError } from '../../errors.ts';
import { EngineError } from '../../engine/engine-error.ts';
import type { Engine } from '../../engine/engine.ts';
import { RuntimeCatalog } from '../../runtimes/runtime-catalog.ts';
import type { Adapters } from '../adapters.ts';
import { loadConfig } from '../load-config.ts';
import type { World } from '../world.ts';
import type { DatabaseFacts, DirectoryFacts, EngineFacts, Facts } from './facts.ts';
import { portFacts } from './port-facts.ts';

/** Finds out about this machine. The only place of `doctor` that touches it, and it changes nothing. */
export async function gatherFacts(command: Command, world: World, adapters: Adapters): Promise<Facts> {
  const { config, settingProblems } = await settingFacts(command, world);
  const engine = await adapters.createEngine(config.engineHost);
  const [answer, images, dataDirectory, database, port] = await Promise.all([
    engineAnswer(engine),
    imageFacts(engine, world),
    directoryFacts(config.dataDirectory),
    databaseFacts(config.databaseUrl),
    portFacts(config.host, config.port, world.fetch),
  ]);
  return {
    nodeVersion: world.nodeVersion,
    userId: world.userId,
    settingProblems,
    engine: { address: config.engineHost, answer },
    wantedEngineRuntime: config.engineRuntime,
    images,
    dataDirectory,
    database,
    lowDiskBytes: config.lowDiskMb * 1024 * 1024,
    port,
  };
}

async function settingFacts(
  command: Command,
  world: World,
): Promise<{ readonly config: Config; readonly settingProblems: readonly string[] }> {
  try {
    return { config: await loadConfig(command, world), settingProblems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const home = world.environment['HOME'];
    return { config: parseConfig({ flags: {}, environment: { HOME: home } }), settingProblems: error.problems };
  }
}

async function engineAnswer(engine: Engine): Promise<EngineFacts['answer']> {
  try {
    return { reached: true, info: await engine.info() };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { reached: false, code: error.code, message: error.message };
  }
}

async function imageFacts(engine: Engine, world: World): Promise<Facts['images']> {
  try {
    const states = await new RuntimeCatalog(engine, join(world.installDirectory, 'images')).states();
    return states.map(({ runtime, state }) => ({ runtime: runtime.name, ready: state === 'ready' }));
  } catch (error) {
    if (error instanceof EngineError) return undefined;
    throw error;
  }
}

async function directoryFacts(path: string): Promise<DirectoryFacts> {
  const entry = await stat(path).catch(() => undefined);
  const found = entry && { isDirectory: entry.isDirectory(), ownerId: entry.uid, mode: entry.mode & 0o7777 };
  return { path, found, freeBytes: await freeBytes(path) };
}

async function databaseFacts(url: string): Promise<DatabaseFacts | undefined> {
  if (url === '') return undefined;
  const { probePostgres } = await import('../../store/postgres/open.ts');
  try {
    return { usable: true, ...(await probePostgres(url)) };
  } catch (error) {
    if (!(error instanceof SraasError)) throw error;
    return { usable: false, message: error.message };
  }
}

async function freeBytes(path: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch {
    const parent = dirname(path);
    return parent === path ? undefined : freeBytes(parent);
  }
}
