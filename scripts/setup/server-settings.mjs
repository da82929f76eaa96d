import { homedir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from './setup-error.mjs';

/** Where the server will be and keep its data: the settings of `sraas serve` that the scripts need as well. */
export function serverSettings(environment = process.env) {
  const host = environment.SRAAS_HOST || '127.0.0.1';
  const port = Number(environment.SRAAS_PORT || 8080);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new SetupError(`SRAAS_PORT must be a whole number from 1 to 65535, not ${environment.SRAAS_PORT}.`, 2);
  }
  const dataDirectory = (environment.SRAAS_DATA_DIR || join(homedir(), '.sraas')).replace(/^~(?=\/)/, homedir());
  const drainTimeoutMs = Number(environment.SRAAS_DRAIN_TIMEOUT_MS) || 10_000;
  return {
    host,
    port,
    dataDirectory,
    drainTimeoutMs,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
  };
}
