import { onTestFinished } from 'vitest';
import { HttpServer } from '../../../src/http/server.ts';
import { defaultFunctionPolicy } from '../../../src/functions/function-policy.ts';

type ServerOptions = ConstructorParameters<typeof HttpServer>[1];

/** What every app gets here: its own failures fail the test that meets them. */
export const appParts = {
  allowedHosts: [],
  allowedOrigins: [],
  policy: defaultFunctionPolicy,
  network: 'none',
  explain: () => undefined,
  onFailure: (_message: string, error: unknown) => {
    throw error;
  },
} as const;

/** Serves an app on a free port until the test ends. */
export async function serveApi(
  app: ConstructorParameters<typeof HttpServer>[0],
  options?: ServerOptions,
): Promise<string> {
  const server = new HttpServer(app, options);
  onTestFinished(() => server.close(0));
  return server.listen('127.0.0.1', 0);
}
