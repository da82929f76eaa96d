import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { AsyncInvocations } from '../async/async-invocations.ts';
import { SraasError } from '../errors.ts';
import { hostRules, type HostRules } from './host-rules.ts';
import { sendProblem } from './problem.ts';
import { identify, requestIdOf } from './request-id.ts';
import { aliasRoutes, type AliasRoutesParts } from './routes/aliases.ts';
import { deadLetterRoutes, type DeadLetterRoutesParts } from './routes/dead-letters.ts';
import { functionRoutes, type FunctionRoutesParts } from './routes/functions.ts';
import { historyRoutes, type HistoryRoutesParts } from './routes/history.ts';
import { invocationRoutes, type InvocationRoutesParts } from './routes/invocations.ts';
import { invokeRoutes, type InvokeRoutesParts } from './routes/invoke.ts';
import { languageRoutes, type LanguageRoutesParts } from './routes/languages.ts';
import { logRoutes, type LogRoutesParts } from './routes/logs.ts';
import { operatorRoutes, type OperatorRoutesParts } from './routes/operator.ts';
import { replayRoutes, type ReplayRoutesParts } from './routes/replay.ts';
import { runRoutes, type RunRoutesParts } from './routes/run.ts';
import { runtimeRoutes, type RuntimeRoutesParts } from './routes/runtimes.ts';
import { scheduleRoutes, type ScheduleRoutesParts } from './routes/schedules.ts';
import { secretRoutes, type SecretRoutesParts } from './routes/secrets.ts';
import { versionRoutes, type VersionRoutesParts } from './routes/versions.ts';
import { toldError, type ErrorTelling } from './told-error.ts';

export interface AppParts
  extends
    AliasRoutesParts,
    DeadLetterRoutesParts,
    FunctionRoutesParts,
    HistoryRoutesParts,
    InvocationRoutesParts,
    LanguageRoutesParts,
    LogRoutesParts,
    OperatorRoutesParts,
    ReplayRoutesParts,
    RunRoutesParts,
    RuntimeRoutesParts,
    ScheduleRoutesParts,
    SecretRoutesParts,
    VersionRoutesParts {
  readonly catalog: FunctionRoutesParts['catalog'];
  readonly artifacts: RuntimeRoutesParts['artifacts'];
  readonly diskSpace: FunctionRoutesParts['diskSpace'] & OperatorRoutesParts['diskSpace'];
  readonly asyncInvocations: AsyncInvocations;
  readonly invoker: Parameters<typeof invokeRoutes>[0]['invoker'];
  readonly runtimes: RuntimeRoutesParts['runtimes'];
  readonly maxEventBytes: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
}

/** The HTTP API as an Express app, without a port. */
export function createApp(parts: AppParts): Express {
  const app = plainExpress();
  // Usual calls come past these, by the door and the lane: what is added for every request has to be added there as well.
  app.use(identify, hostRules(parts), noOptions);
  app.use(operatorRoutes(parts), functionRoutes(parts), invokeRoutes(parts), runRoutes(parts));
  app.use(versionRoutes(parts), aliasRoutes(parts));
  app.use(invocationRoutes(parts), historyRoutes(parts), replayRoutes(parts), logRoutes(parts), runtimeRoutes(parts));
  app.use(secretRoutes(parts), scheduleRoutes(parts), deadLetterRoutes(parts), languageRoutes(parts));
  app.use(noSuchRoute, answerError(parts));
  return app;
}

interface CallsAppParts extends ErrorTelling, HostRules, Pick<InvokeRoutesParts, 'invoker' | 'maxEventBytes'> {}

/** What of the API runs functions for those who wait, without keys: for a worker, which has nothing else. */
export function createCallsApp(parts: CallsAppParts): Express {
  const notHere = (): Promise<never> => Promise.reject(new TypeError('A worker is passed plain calls only'));
  const app = plainExpress();
  app.use(identify, hostRules(parts));
  app.use(invokeRoutes({ ...parts, asyncInvocations: { invoke: notHere }, keyed: { carryOut: notHere } }));
  app.use(noSuchRoute, answerError(parts));
  return app;
}

function plainExpress(): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'simple');
  app.set('case sensitive routing', true);
  app.set('strict routing', true);
  return app;
}

/** What each path takes, for who asks in another way. */
export const methodsOf: readonly (readonly [path: RegExp, methods: readonly string[]])[] = [
  [/^\/(healthz|readyz|metrics|openapi\.json|runtimes|languages|functions|invocations|secrets)$/, ['GET', 'HEAD']],
  [/^\/runtimes\/[^/]+$/, ['GET', 'HEAD', 'PUT', 'DELETE']],
  [/^\/runtimes\/[^/]+\/build$/, ['GET', 'HEAD', 'DELETE']],
  [/^\/secrets\/[^/]+$/, ['PUT', 'DELETE']],
  [/^\/images\/prune$/, ['POST']],
  [/^\/functions\/[^/]+$/, ['PUT', 'GET', 'HEAD', 'PATCH', 'DELETE']],
  [/^\/functions\/[^/]+\/versions\/[^/]+\/diff\/[^/]+$/, ['GET', 'HEAD']],
  [/^\/functions\/[^/]+\/aliases$/, ['GET', 'HEAD']],
  [/^\/functions\/[^/]+\/aliases\/[^/]+$/, ['GET', 'HEAD', 'PUT', 'DELETE']],
  [/^\/functions\/[^/]+\/rollback$/, ['POST']],
  [/^\/functions\/[^/]+\/(versions|logs|invocations|schedules)$/, ['GET', 'HEAD']],
  [/^\/functions\/[^/]+\/schedules\/[^/]+$/, ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']],
  [/^\/functions\/[^/]+\/invoke$/, ['POST']],
  [/^\/invocations\/[^/]+$/, ['GET', 'HEAD', 'DELETE']],
  [/^\/invocations\/[^/]+\/replay$/, ['POST']],
  [/^\/dead-letters$/, ['GET', 'HEAD', 'DELETE']],
  [/^\/dead-letters\/[^/]+$/, ['DELETE']],
  [/^\/dead-letters\/[^/]+\/replay$/, ['POST']],
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

function answerError(parts: ErrorTelling): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const requestId = requestIdOf(response);
    const told = toldError(error, parts, requestId);
    // The client has gone, or a reply was under way: there is nobody to tell.
    if (response.headersSent || response.destroyed) response.destroy();
    else sendProblem(response, told, requestId);
  };
}
