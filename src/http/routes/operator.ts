import { Router } from 'express';
import type { DiskSpace } from '../../artifacts/disk-space.ts';

export interface OperatorRoutesParts {
  /** Whether new work is accepted. */
  readonly isReady: () => boolean;
  readonly diskSpace: Pick<DiskSpace, 'look'>;
  readonly productVersion: string;
  readonly startedAt: Date;
}

/** `GET /healthz` and `/readyz`. */
export function operatorRoutes({ isReady, diskSpace, productVersion, startedAt }: OperatorRoutesParts): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok', version: productVersion, started_at: startedAt.toISOString() });
  });

  router.get('/readyz', async (_request, response) => {
    const { freeBytes, refused } = await diskSpace.look();
    const ready = isReady();
    response
      .status(ready ? 200 : 503)
      .json({ status: ready ? 'ready' : 'draining', disk: { free_bytes: freeBytes ?? null, refused } });
  });

  return router;
}
