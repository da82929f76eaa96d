import { Router } from 'express';
import type { ArtifactLimits } from '../../artifacts/upload.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { DiskSpace } from '../../artifacts/disk-space.ts';
import { SraasError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import type { FunctionCatalog } from '../../functions/catalog.ts';
import type { Deployer } from '../../functions/deploy.ts';
import { parseFunctionName } from '../../functions/function-name.ts';
import { functionToWire, versionToWire } from '../../functions/function-wire.ts';
import { parseReference } from '../../functions/reference.ts';
import type { KeyedRequests } from '../../idempotency/keyed-requests.ts';
import { answerWithBuild, keyedBuildAnswer } from '../build-answer.ts';
import { CodeRequestReader } from '../code-request.ts';
import type { KeyedRoute } from '../keyed-answer.ts';
import { pageRequest } from '../page-request.ts';
import type { ErrorTelling } from '../told-error.ts';

export interface FunctionRoutesParts extends ErrorTelling {
  readonly catalog: FunctionCatalog;
  readonly deployer: Deployer;
  readonly artifacts: Pick<ArtifactStore, 'receive'>;
  readonly artifactLimits: ArtifactLimits;
  readonly diskSpace: Pick<DiskSpace, 'requireRoomFor'>;
  readonly maxDeployBytes: number;
  readonly keyed: KeyedRequests;
}

/** `PUT`, `GET` and `DELETE` of functions, their list and their versions. */
export function functionRoutes(parts: FunctionRoutesParts): Router {
  const { catalog, deployer, diskSpace } = parts;
  const reader = new CodeRequestReader({ ...parts, documents: ['config'] });
  const router = Router({ caseSensitive: true, strict: true });

  router.put('/functions/:name', async (request, response) => {
    const name = parseFunctionName(request.params.name);
    await diskSpace.requireRoomFor('deploys');
    await using code = await reader.read(request, response);
    failpoint('deploy.received');
    const route: KeyedRoute = {
      keyed: parts.keyed,
      scope: `PUT /functions/${name}`,
      // The same code and config again publish nothing new.
      whenInterrupted: 'take_over',
      body: code.fingerprinted,
    };
    await answerWithBuild(request, response, parts, (onLine) =>
      keyedBuildAnswer(request, response, route, async () => {
        const { fn, outcome } = await deployer.deploy(name, code.config, code.files, onLine);
        const document = { outcome, ...functionToWire(fn) };
        if (outcome !== 'created') return { status: 200, document };
        return { status: 201, headers: { Location: `/functions/${name}` }, document };
      }),
    );
  });

  router.get('/functions', async (request, response) => {
    const { limit, cursor } = pageRequest(request);
    const page = await catalog.list({ limit, ...(cursor === undefined ? {} : { after: parseFunctionName(cursor) }) });
    response.json({ functions: page.items.map(functionToWire), next_cursor: page.next ?? null });
  });

  router.get('/functions/:reference', async (request, response) => {
    const reference = parseReference(request.params.reference);
    if (reference.version === undefined) response.json(functionToWire(await catalog.show(reference.name)));
    else response.json(versionToWire(await catalog.resolve(reference)));
  });

  router.get('/functions/:name/versions', async (request, response) => {
    const { limit, cursor } = pageRequest(request);
    const page = await catalog.versions(request.params.name, {
      limit,
      ...(cursor === undefined ? {} : { before: versionCursor(cursor) }),
    });
    response.json({
      versions: page.items.map(versionToWire),
      next_cursor: page.next === undefined ? null : String(page.next),
    });
  });

  router.delete('/functions/:name', async (request, response) => {
    await catalog.remove(request.params.name);
    response.status(204).end();
  });

  return router;
}

function versionCursor(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new SraasError('INVALID_QUERY', 'The cursor is not one that this server gave; leave it out to start again.');
}
