import { Router } from 'express';

export interface OperatorRoutesParts {
  /** Whether new work is accepted. */
  readonly isReady: () => boolean;
  readonly productVersion: string;
  readonly startedAt: Date;
}

/** `GET /healthz` and `/readyz`. */
export function operatorRoutes({ isReady, productVersion, startedAt }: OperatorRoutesParts): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok', version: productVersion, started_at: startedAt.toISOString() });
  });

  router.get('/readyz', (_request, response) => {
    const ready = isReady();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'draining' });
  });

  return router;
}
