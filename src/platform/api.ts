import { createApp, type AppParts } from '../http/app.ts';
import { invokeDoor } from '../http/invoke-door.ts';
import { InvokeLane } from '../http/lane/invoke-lane.ts';
import { HttpServer } from '../http/server.ts';
import { productVersion } from '../installation.ts';
import { describeError } from '../logger.ts';
import { apiDescription } from '../openapi/api-description.ts';
import { commaSeparated } from './comma-separated.ts';
import { explain } from './explain.ts';
import type { Surroundings } from './surroundings.ts';

type FromSettings =
  | 'maxDeployBytes'
  | 'maxEventBytes'
  | 'allowedHosts'
  | 'allowedOrigins'
  | 'productVersion'
  | 'apiDescription'
  | 'isReady'
  | 'explain'
  | 'onFailure';

/** Puts the API in front of all the rest, as a server that nobody can reach yet. */
export function makeApi(
  { config, logger, installDirectory }: Surroundings,
  parts: Omit<AppParts, FromSettings>,
): HttpServer {
  const version = productVersion(installDirectory);
  const all: AppParts = {
    ...parts,
    maxDeployBytes: config.maxDeployBytes,
    maxEventBytes: config.maxEventBytes,
    allowedHosts: commaSeparated(config.allowedHosts),
    allowedOrigins: commaSeparated(config.allowedOrigins),
    productVersion: version,
    apiDescription: Buffer.from(JSON.stringify(apiDescription({ productVersion: version, policy: parts.policy }))),
    isReady: () => server.isListening,
    explain,
    onFailure: (message, error, requestId) => {
      logger.error(message, { requestId, ...describeError(error) });
    },
  };
  const server: HttpServer = new HttpServer(invokeDoor(all, createApp(all)), { lane: new InvokeLane(all) });
  return server;
}
