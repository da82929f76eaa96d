import { Router } from 'express';
import { streamEvents } from '../../../http/event-stream.ts';
import { BodyReader } from '../../../http/read-body.ts';
import { requestIdOf } from '../../../http/request-id.ts';
import { untilClosed } from '../../../http/routes/invoke.ts';
import { pageFiles, type PageFile } from '../../page-files.ts';
import type { PageChoices } from './page-choices.ts';
import { parsePageRequest } from './page-request.ts';
import { pageRun, type PageRunParts } from './page-run.ts';

export interface PageRoutesParts extends PageRunParts {
  readonly page: readonly PageFile[];
  /** What the page offers. */
  readonly choices: () => Promise<PageChoices>;
  /** Refuses while the disk is too full for code. */
  readonly requireRoom: () => Promise<void>;
  readonly maxDeployBytes: number;
  readonly maxEventBytes: number;
}

/** The page on which a handler is run once, and what it calls: `GET /page/choices`, `POST /page/run`. */
export function pageRoutes(parts: PageRoutesParts): Router {
  const { page, choices, requireRoom, maxDeployBytes, maxEventBytes } = parts;
  const bodies = new BodyReader(maxDeployBytes, 'BODY_TOO_LARGE');
  const router = Router({ caseSensitive: true, strict: true });
  router.use(pageFiles(page));

  router.get('/page/choices', async (_request, response) => {
    response.json(await choices());
  });

  router.post('/page/run', async (request, response) => {
    await requireRoom();
    const wanted = parsePageRequest(await bodies.read(request, response), maxEventBytes);
    const run = { id: requestIdOf(response), signal: untilClosed(response) };
    await streamEvents(response, await pageRun(wanted, run, parts));
  });

  return router;
}
