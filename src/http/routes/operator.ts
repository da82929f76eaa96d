import { Router } from 'express';
import type { DiskSpace } from '../../artifacts/disk-space.ts';
import type { MetricsText } from '../../metrics/metrics.ts';
import type { HealthReply } from '../../wire/health.ts';
import { onlyParameters } from '../only-parameters.ts';

export interface OperatorRoutesParts {
  /** Whether new work is accepted. */
  readonly isReady: () => boolean;
  readonly diskSpace: Pick<DiskSpace, 'look'>;
  readonly productVersion: string;
  readonly startedAt: Date;
  /** The OpenAPI document, as JSON. */
  readonly apiDescription: Uint8Array;
  /** Makes the metrics of all processes of this server. */
  readonly scrape: () => Promise<MetricsText>;
}

/** `GET /healthz`, `/readyz`, `/metrics` and `/openapi.json`. */
export function operatorRoutes(parts: OperatorRoutesParts): Router {
  const { isReady, diskSpace, productVersion, startedAt, apiDescription, scrape } = parts;
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

  router.get('/openapi.json', (request, response) => {
    onlyParameters(request);
    response.set({
      'Content-Type': 'application/json; charset=utf-8',
      'Content-Length': String(apiDescription.byteLength),
    });
    response.end(apiDescription);
  });

  router.get('/metrics', async (_request, response) => {
    const { contentType, text } = await scrape();
    response.set('Content-Type', contentType).send(text);
  });

  return router;
}
