import type { Installer } from '../dependencies/installer.ts';
import { failpoint } from '../failpoints.ts';
import type { HttpServer } from '../http/server.ts';
import type { Scheduler } from '../schedules/scheduler.ts';
import type { OpenAsync } from './async.ts';
import type { OpenInvocations } from './invocations.ts';
import type { OpenRuntimes } from './runtimes.ts';
import type { Surroundings } from './surroundings.ts';

interface ServiceParts extends Pick<OpenInvocations, 'inFlight' | 'liveLogs'> {
  readonly server: HttpServer;
  readonly work: Pick<OpenAsync, 'start' | 'stop'>;
  readonly scheduler: Pick<Scheduler, 'start' | 'stop'>;
  readonly runtimes: Pick<OpenRuntimes, 'endBuilds'>;
  readonly installer: Pick<Installer, 'close'>;
}

/** The time that replies have to reach their clients once their calls have ended. */
const replyGraceMs = 2000;

/**
 * Begins to take calls: those of clients, those that wait in the store, and those of schedules. When the server stops this is
 * undone before anything else, so that calls end with all that they need still there.
 * @returns the URL to call.
 */
export async function beginService(surroundings: Surroundings, parts: ServiceParts): Promise<string> {
  const { config, onStop } = surroundings;
  const { server, work, scheduler } = parts;
  failpoint('start.before_listening');
  const url = await server.listen(config.host, config.port);
  work.start();
  scheduler.start();
  failpoint('start.listening');
  onStop(() => endService(surroundings, parts));
  return url;
}

/**
 * Begins nothing more, lets the calls that have begun end within the drain limit, and then lets the last replies out. Builds and
 * installs, which may take long, are cancelled: whoever waits for one is told.
 */
async function endService({ config, logger }: Surroundings, parts: ServiceParts): Promise<void> {
  const { server, work, scheduler, inFlight, liveLogs, runtimes, installer } = parts;
  logger.info('Draining', { inFlight: inFlight.count });
  failpoint('stop.draining');
  server.stopListening();
  work.stop();
  const [, { cancelled }] = await Promise.all([
    scheduler.stop(),
    inFlight.drain(config.drainTimeoutMs),
    runtimes.endBuilds(),
    installer.close(),
  ]);
  logger.info('Drained', { cancelled });
  failpoint('stop.drained');
  // The answers of those who follow logs end by this only.
  liveLogs.close();
  await server.close(replyGraceMs);
}
