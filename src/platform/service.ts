import type { Installer } from '../dependencies/installer.ts';
import { failpoint } from '../failpoints.ts';
import type { HttpServer } from '../http/server.ts';
import type { Scheduler } from '../schedules/scheduler.ts';
import type { CompatServers } from './compat-servers.ts';
import type { OpenAsync } from './async.ts';
import type { OpenInvocations } from './invocations.ts';
import type { OpenRuntimes } from './runtimes.ts';
import type { Surroundings } from './surroundings.ts';
import { runWorkers, type RunningWorkers, type WorkersParts } from './workers.ts';

interface ServiceParts extends Pick<OpenInvocations, 'inFlight' | 'liveLogs'> {
  readonly server: HttpServer;
  readonly compat: CompatServers;
  /** Undefined where this process takes all calls. */
  readonly crew: WorkersParts | undefined;
  readonly work: Pick<OpenAsync, 'start' | 'stop'>;
  readonly scheduler: Pick<Scheduler, 'start' | 'stop'>;
  readonly runtimes: Pick<OpenRuntimes, 'endBuilds'>;
  readonly installer: Pick<Installer, 'close'>;
}

export interface ServiceUrls {
  readonly url: string;
  /** By the name of the API. */
  readonly compatUrls: Readonly<Record<string, string>>;
}

/** The time that replies have to reach their clients once their calls have ended. */
const replyGraceMs = 2000;

/**
 * Begins to take calls: those of clients, those that wait in the store, and those of schedules. When the server stops this is
 * undone before anything else, so that calls end with all that they need still there.
 * @returns the URL to call, and those of the compatibility APIs.
 */
export async function beginService(surroundings: Surroundings, parts: ServiceParts): Promise<ServiceUrls> {
  const { config, onStop } = surroundings;
  const { server, compat, crew, work, scheduler } = parts;
  failpoint('start.before_listening');
  const compatUrls = await compat.listen();
  const running = crew && (await runWorkers(surroundings, server, crew));
  const url = running?.url ?? (await server.listen(config.host, config.port));
  work.start();
  scheduler.start();
  failpoint('start.listening');
  onStop(() => endService(surroundings, parts, running));
  return { url, compatUrls };
}

/**
 * Begins nothing more, lets the calls that have begun end within the drain limit, and then lets the last replies out. Builds and
 * installs, which may take long, are cancelled: whoever waits for one is told.
 */
async function endService(
  { config, logger }: Surroundings,
  parts: ServiceParts,
  workers: RunningWorkers | undefined,
): Promise<void> {
  const { server, compat, work, scheduler, inFlight, liveLogs, runtimes, installer } = parts;
  logger.info('Draining', { inFlight: inFlight.count });
  failpoint('stop.draining');
  server.stopListening();
  compat.stopListening();
  work.stop();
  const [, { cancelled }, cancelledInWorkers = 0] = await Promise.all([
    scheduler.stop(),
    inFlight.drain(config.drainTimeoutMs),
    workers?.drain(),
    runtimes.endBuilds(),
    installer.close(),
  ]);
  logger.info('Drained', { cancelled: cancelled + cancelledInWorkers });
  failpoint('stop.drained');
  // The answers of those who follow logs end by this only.
  liveLogs.close();
  await Promise.all([server.close(replyGraceMs), compat.close(replyGraceMs)]);
  await workers?.close();
}
