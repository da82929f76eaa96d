import { Router, type Request } from 'express';
import { SraasError } from '../../errors.ts';
import type { FunctionCatalog } from '../../functions/catalog.ts';
import type { LiveEvent } from '../../invocations/live-event.ts';
import type { LiveLogs } from '../../invocations/live-logs.ts';
import { eventStreamHeaders, streamed, streamEvents, type StreamedEvent } from '../event-stream.ts';
import { liveEventToWire } from '../live-event-wire.ts';
import { onlyParameters } from '../only-parameters.ts';

export interface LogRoutesParts {
  readonly catalog: FunctionCatalog;
  readonly liveLogs: Pick<LiveLogs, 'follow'>;
}

/** `GET /functions/:name/logs`: the logs of a function's invocations while they are written. */
export function logRoutes({ catalog, liveLogs }: LogRoutesParts): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/functions/:name/logs', async (request, response) => {
    requireFollow(request);
    const { id } = await catalog.show(request.params.name);
    // Express asks GET routes for HEAD: there is nothing to wait for then.
    if (request.method === 'HEAD' || response.destroyed) {
      response.writeHead(200, eventStreamHeaders).end();
      return;
    }
    const follower = liveLogs.follow(id);
    response.once('close', () => {
      follower.close();
    });
    await streamEvents(response, wireEvents(follower));
  });

  return router;
}

async function* wireEvents(events: AsyncIterable<LiveEvent>): AsyncGenerator<StreamedEvent, void, undefined> {
  // Goes at once: what happens after it has arrived is not missed.
  yield streamed({ event: 'following' });
  for await (const event of events) yield streamed(liveEventToWire(event));
}

function requireFollow(request: Request): void {
  onlyParameters(request, 'follow');
  if (request.query['follow'] === 'true') return;
  throw new SraasError('INVALID_QUERY', 'Ask with ?follow=true; logs of the past are with the invocations.');
}
