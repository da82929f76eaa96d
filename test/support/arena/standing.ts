import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SraasClient } from '../../../src/client/sraas-client.ts';
import { stockFolder } from '../../../src/sandboxes/fifo-stock.ts';
import { engineHoldings } from '../engine-holdings.ts';
import { gained } from '../footprint.ts';
import type { WatchedServer, Holdings } from '../watched-server.ts';
import { engineSandboxes, type EngineSandbox, isOf } from './engine-sandboxes.ts';
import type { ContainerEvents } from '../container-events.ts';
import type { EngineTraces } from '../engine-traces.ts';
import { canaryName } from './pulse.ts';

/** Everything that a server holds at one moment: in its process, on the engine, on the disk, in its books. */
export interface Standing {
  readonly process: Holdings;
  readonly sandboxes: readonly OwnedSandbox[];
  /** Files and control groups of containers, those that live among them. */
  readonly traces: readonly string[];
  /** Volumes, networks and images on the engine. */
  readonly others: readonly string[];
  /** Folders of single sandboxes, by their ids. */
  readonly folders: readonly string[];
  readonly staged: readonly string[];
  /** Functions with a call that waits or runs. */
  readonly called: readonly string[];
}

interface OwnedSandbox extends EngineSandbox {
  /** `nobody` for one that waits for a function. */
  readonly owner: 'canary' | 'nobody' | 'somebody';
}

export interface Whereabouts {
  readonly server: WatchedServer;
  readonly client: SraasClient;
  readonly dataDirectory: string;
  readonly runDirectory: string;
  /** Follows what the server makes. */
  readonly containers: ContainerEvents;
  readonly traces: EngineTraces;
  /** Folder with the canary's code. */
  readonly canaryCode: string;
}

/** Timers of clients' connections come and go; a server that leaks one per call passes this within seconds of pulse. */
const spareTimers = 12;
/** A loop that is held up for longer keeps every caller waiting. */
const longestLagMs = 250;

export async function standingOf(where: Whereabouts): Promise<Standing> {
  const { server, client, dataDirectory, runDirectory } = where;
  // Before the engine is asked: a folder is there before its container and after it, so it must not be the newer news.
  const [instance = ''] = await readdir(runDirectory);
  const folders = [
    ...(await readdir(join(runDirectory, instance))).filter((name) => name !== stockFolder),
    ...(await readdir(join(dataDirectory, 'prepared'))),
  ];
  const [sandboxes, { others }, holdings, running, staged] = await Promise.all([
    ownedSandboxes(where),
    engineHoldings(server.instanceId),
    server.holdings(),
    client.invocations.running(),
    readdir(join(dataDirectory, 'staging')),
  ]);
  const called = running.map(({ function: name }) => name);
  return {
    process: holdings,
    sandboxes,
    traces: where.traces.of(where.containers.made),
    others,
    folders,
    staged,
    called,
  };
}

/**
 * What somebody left: all that is there now, was not before, and is neither the canary's nor that of a container which waits for a
 * function.
 */
export function leftBehind(before: Standing, now: Standing, mostWaiting: number): readonly string[] {
  const welcome = now.sandboxes.filter(({ owner }) => owner !== 'somebody');
  const waiting = welcome.filter(({ owner }) => owner === 'nobody');
  const ids = welcome.flatMap(({ containerId, sandboxId }) => [containerId, sandboxId]);
  const isWelcome = (path: string): boolean => ids.some((id) => path.includes(id));
  const { held, timers, prototypeKeys, loopLagMs } = now.process;
  return [
    ...now.sandboxes
      .filter(({ owner }) => owner === 'somebody')
      .map(({ containerId, functionName }) => `container ${containerId} of ${functionName}`),
    ...(waiting.length > mostWaiting ? [`${waiting.length} containers that wait for a function`] : []),
    ...now.traces.filter((path) => !isWelcome(path)),
    ...gained(before.others, now.others),
    ...gained(before.process.held, held).filter((path) => !isWelcome(path)),
    ...(timers > before.process.timers + spareTimers ? [`${timers} timers, ${before.process.timers} before`] : []),
    ...gained(before.process.prototypeKeys, prototypeKeys).map((key) => `Object.prototype.${key}`),
    ...(loopLagMs > longestLagMs ? [`an event loop that was held up for ${Math.round(loopLagMs)} ms`] : []),
    ...now.folders.filter((id) => !isWelcome(id)).map((id) => `the folder of ${id}`),
    ...now.staged.map((name) => `staging/${name}`),
    ...now.called.filter((name) => name !== canaryName).map((name) => `a call of ${name}`),
  ];
}

async function ownedSandboxes({ server, dataDirectory, canaryCode }: Whereabouts): Promise<readonly OwnedSandbox[]> {
  const sandboxes = await engineSandboxes(server.instanceId, dataDirectory);
  return Promise.all(
    sandboxes.map(async (sandbox) => {
      if (sandbox.functionName === '' && sandbox.codeInode === undefined)
        return { ...sandbox, owner: 'nobody' as const };
      const isCanary = await isOf(sandbox, canaryName, canaryCode);
      return { ...sandbox, owner: isCanary ? ('canary' as const) : ('somebody' as const) };
    }),
  );
}
