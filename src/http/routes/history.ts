import { Router, type Request } from 'express';
import { SraasError } from '../../errors.ts';
import type { FunctionCatalog } from '../../functions/catalog.ts';
import { readVersionNumber } from '../../functions/version-number.ts';
import type { HistoryFilter } from '../../history/history-store.ts';
import type { History } from '../../history/history.ts';
import { invocationModes, invocationStates } from '../../wire/record.ts';
import { encodeInvocation, invocationToWire } from '../../history/invocation-wire.ts';
import { outcomes } from '../../wire/outcome.ts';
import { onlyParameters } from '../only-parameters.ts';
import { pageToWire } from '../page-answer.ts';
import { idCursor, pageRequest } from '../page-request.ts';
import { oneOf } from '../query-word.ts';

export interface HistoryRoutesParts {
  readonly catalog: Pick<FunctionCatalog, 'show'>;
  readonly history: Pick<History, 'find' | 'list'>;
}

const filters = ['outcome', 'state', 'mode', 'version'] as const;

/** `GET /invocations/:id` and `GET /functions/:name/invocations`: what became of invocations. */
export function historyRoutes({ catalog, history }: HistoryRoutesParts): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/invocations/:id', async (request, response) => {
    onlyParameters(request);
    const body = encodeInvocation(await history.find(request.params.id));
    response.set({ 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': String(body.length) });
    response.end(body);
  });

  router.get('/functions/:name/invocations', async (request, response) => {
    const { limit, cursor } = pageRequest(request, ...filters);
    const filter = filterOf(request);
    const { id } = await catalog.show(request.params.name);
    const page = await history.list({
      ...filter,
      functionId: id,
      limit,
      ...(cursor === undefined ? {} : { before: idCursor(cursor) }),
    });
    response.json(pageToWire('invocations', page, invocationToWire));
  });

  return router;
}

/** @throws SraasError INVALID_QUERY */
function filterOf(request: Request): HistoryFilter {
  const outcome = oneOf(request, 'outcome', outcomes);
  const state = oneOf(request, 'state', invocationStates);
  const mode = oneOf(request, 'mode', invocationModes);
  const version = versionOf(request);
  return {
    ...(outcome === undefined ? {} : { outcome }),
    ...(state === undefined ? {} : { state }),
    ...(mode === undefined ? {} : { mode }),
    ...(version === undefined ? {} : { version }),
  };
}

function versionOf(request: Request): number | undefined {
  const { version } = request.query;
  if (version === undefined) return undefined;
  const number = typeof version === 'string' ? readVersionNumber(version) : undefined;
  if (number !== undefined) return number;
  throw new SraasError('INVALID_QUERY', 'The version is one whole number from 1 on.');
}
