import { Router } from 'express';
import type { RuntimeCatalog } from '../../runtimes/runtime-catalog.ts';

export interface OperatorRoutesParts {
  readonly runtimes: RuntimeCatalog;
  /** Whether new work is accepted. */
  readonly isReady: () => boolean;
  readonly productVersion: string;
  readonly startedAt: Date;
}

/** `GET /healthz`, `/readyz` and `/runtimes`. */
export function operatorRoutes({ runtimes, isReady, productVersion, startedAt }: OperatorRoutesParts): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok', version: productVersion, started_at: startedAt.toISOString() });
  });

  router.get('/readyz', (_request, response) => {
    const ready = isReady();
    response.status(ready ? 200 : 503).json({ status: ready ? 'ready' : 'draining' });
  });

  router.get('/runtimes', async (_request, response) => {
    const states = await runtimes.states();
    response.json({
      runtimes: states.map(({ runtime, ...state }) => ({
        name: runtime.name,
        language: runtime.language,
        description: runtime.description,
        state: state.state,
        ...(state.state === 'ready'
          ? {
              image: state.imageId,
              size_bytes: state.sizeBytes,
              base: state.base,
              created_at: state.createdAt.toISOString(),
            }
          : {}),
      })),
    });
  });

  return router;
}
