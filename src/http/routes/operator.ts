import { Router } from 'express';
import type { DiskSpace } from '../../artifacts/disk-space.ts';
import type { HealthReply } from '../../wire/health.ts';

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
    response.json({ status: 'ok', version: productVersion, started_at: startedAt.toISOString() } satisfies HealthReply);
  });

  router.get('/readyz', async (_request, response) => {
    const { freeBytes, freeFiles, isWritable, refused } = await diskSpace.look();
    const status = !isReady() ? 'draining' : isWritable ? 'ready' : 'read_only';
    response.status(status === 'ready' ? 200 : 503).json({
      status,
      disk: { free_bytes: freeBytes ?? null, free_files: freeFiles ?? null, writable: isWritable, refused },
    });
  });

  return router;
}
