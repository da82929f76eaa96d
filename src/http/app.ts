import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { SraasError } from '../errors.ts';
import { hostRules } from './host-rules.ts';
import { fromExpress, sendProblem } from './problem.ts';
import { identify, requestIdOf } from './request-id.ts';
import { functionRoutes, type FunctionRoutesParts } from './routes/functions.ts';
import { invocationRoutes, type InvocationRoutesParts } from './routes/invocations.ts';
import { invokeRoutes } from './routes/invoke.ts';
import { logRoutes, type LogRoutesParts } from './routes/logs.ts';
import { operatorRoutes, type OperatorRoutesParts } from './routes/operator.ts';

export interface AppParts extends FunctionRoutesParts, InvocationRoutesParts, LogRoutesParts, OperatorRoutesParts {
  readonly invoker: Parameters<typeof invokeRoutes>[0]['invoker'];
  readonly runOnce: Parameters<typeof invokeRoutes>[0]['runOnce'];
  readonly maxEventBytes: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** What a client is told of an adapter's own failures; undefined for any other error. */
  readonly explain: (error: unknown) => SraasError | undefined;
  /** Told of every failure that is the platform's own, with the request's id. */
  readonly onFailure: (message: string, error: unknown, requestId: string) => void;
}

/** The HTTP API as an Express app, without a port. */
export function createApp(parts: AppParts): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  app.use(identify, hostRules(parts), noOptions);
  app.use(operatorRoutes(parts), functionRoutes(parts), invokeRoutes(parts));
  app.use(invocationRoutes(parts), logRoutes(parts));
  app.use(noSuchRoute, answerError(parts));
  return app;
}

const methodsOf: readonly (readonly [path: RegExp, methods: readonly string[]])[] = [
  [/^\/(healthz|readyz|runtimes|functions|invocations)$/, ['GET', 'HEAD']],
  [/^\/functions\/[^/]+$/, ['PUT', 'GET', 'HEAD', 'DELETE']],
  [/^\/functions\/[^/]+\/(versions|logs)$/, ['GET', 'HEAD']],
  [/^\/functions\/[^/]+\/invoke$/, ['POST']],
  [/^\/invocations\/[^/]+$/, ['DELETE']],
  [/^\/run$/, ['POST']],
];

/** Express would answer OPTIONS by itself, with less than the truth; browsers' questions are answered by the host rules. */
const noOptions: RequestHandler = (request, response, next) => {
  if (request.method === 'OPTIONS') noSuchRoute(request, response, next);
  else next();
};

/** 405 with the methods there are for a path that exists, else 404. */
const noSuchRoute: RequestHandler = (request, response) => {
  const methods = methodsOf.find(([path]) => path.test(request.path))?.[1];
  if (methods === undefined) {
    throw new SraasError('ROUTE_NOT_FOUND', 'There is nothing at this path; docs/http-api.md lists the routes.');
  }
  response.set('Allow', methods.join(', '));
  throw new SraasError('METHOD_NOT_ALLOWED', `This path takes ${methods.join(', ')}.`);
};

function answerError({ onFailure, explain }: AppParts): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const requestId = requestIdOf(response);
    const told = toldError(error, explain);
    // A refusal that was decided here, such as DRAINING, has no cause and needs nobody's attention.
    if (told.kind.fault === 'platform' && told.cause !== undefined) onFailure(told.message, told.cause, requestId);
    // The client has gone, or a reply was under way: there is nobody to tell.
    if (response.headersSent || response.destroyed) response.destroy();
    else sendProblem(response, told, requestId);
  };
}

function toldError(error: unknown, explain: AppParts['explain']): SraasError {
  if (error instanceof SraasError) return error;
  return (
    explain(error) ??
    fromExpress(error) ??
    new SraasError('INTERNAL', 'Something went wrong here; the server log has the reason.', { cause: error })
  );
}
