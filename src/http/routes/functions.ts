import { Router } from 'express';
import type { ArtifactLimits } from '../../artifacts/upload.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import type { DiskSpace } from '../../artifacts/disk-space.ts';
import { SraasError } from '../../errors.ts';
import { failpoint } from '../../failpoints.ts';
import type { FunctionCatalog } from '../../functions/catalog.ts';
import type { Deployer } from '../../functions/deploy.ts';
import type { Published } from '../../functions/function-store.ts';
import { functionTag, tagOfFunction } from '../../functions/entity-tag.ts';
import { parseFunctionName } from '../../functions/function-name.ts';
import { functionToWire, versionToWire } from '../../functions/function-wire.ts';
import { parseReference } from '../../functions/reference.ts';
import type { KeyedRequests } from '../../idempotency/keyed-requests.ts';
import type { DeployReply } from '../../wire/function.ts';
import { answerWithBuild, inBytes, keyedBuildAnswer, type BuildAnswer } from '../build-answer.ts';
import { CodeRequestReader } from '../code-request.ts';
import type { KeyedRoute } from '../keyed-answer.ts';
import { pageToWire } from '../page-answer.ts';
import { nameCursor, pageRequest } from '../page-request.ts';
import { preconditionOf, quoted, setTag } from '../precondition.ts';
import type { ErrorTelling } from '../told-error.ts';

export interface FunctionRoutesParts extends ErrorTelling {
  readonly catalog: FunctionCatalog;
  readonly deployer: Deployer;
  readonly artifacts: Pick<ArtifactStore, 'receive'>;
  readonly artifactLimits: ArtifactLimits;
  readonly diskSpace: Pick<DiskSpace, 'requireRoomFor'>;
  readonly maxDeployBytes: number;
  readonly keyed: Pick<KeyedRequests, 'carryOut'>;
}

/** `PUT`, `GET` and `DELETE` of functions and of single versions, and their list. */
export function functionRoutes(parts: FunctionRoutesParts): Router {
  const { catalog, deployer, diskSpace } = parts;
  const reader = new CodeRequestReader({ ...parts, documents: ['config'] });
  const router = Router({ caseSensitive: true, strict: true });

  router.put('/functions/:name', async (request, response) => {
    const name = parseFunctionName(request.params.name);
    const precondition = preconditionOf(request);
    await diskSpace.requireRoomFor('deploys');
    await using code = await reader.read(request, response);
    failpoint('deploy.received');
    const route: KeyedRoute = {
      keyed: parts.keyed,
      scope: `PUT /functions/${name}`,
      // What publishes keeps its answer too, in one step: before that, nothing has been done.
      whenInterrupted: 'take_over',
      body: code.fingerprinted,
    };
    await answerWithBuild(request, response, parts, (onLine) =>
      keyedBuildAnswer(request, response, route, async (hold) => {
        const answered = hold && ((published: Published) => hold.answered(inBytes(deployAnswer(published))));
        const options = { onLine, precondition, answered };
        return deployAnswer(await deployer.deploy(name, code.config, code.files, options));
      }),
    );
  });

  router.get('/functions', async (request, response) => {
    const { limit, cursor } = pageRequest(request);
    const page = await catalog.list({ limit, ...(cursor === undefined ? {} : { after: nameCursor(cursor) }) });
    response.json(pageToWire('functions', page, functionToWire));
  });

  router.get('/functions/:reference', async (request, response) => {
    const { name, version, alias } = parseReference(request.params.reference);
    if (version === undefined && alias === undefined) {
      const fn = await catalog.show(name);
      setTag(response, tagOfFunction(fn));
      response.json(functionToWire(fn));
      return;
    }
    // Of two versions that share the calls of an alias, the one that has no percentage of its own.
    const shown = alias === undefined ? version : (await catalog.alias(name, alias)).target.version;
    const found = await catalog.resolve({ name, version: shown });
    setTag(response, functionTag(found.functionId, found.number));
    response.json(versionToWire(found));
  });

  router.delete('/functions/:reference', async (request, response) => {
    const { name, version, alias } = parseReference(request.params.reference);
    if (alias !== undefined) {
      throw new SraasError('INVALID_NAME', `Remove the alias itself: DELETE /functions/${name}/aliases/${alias}.`);
    }
    const precondition = preconditionOf(request);
    if (version === undefined) await catalog.remove(name, precondition);
    else await catalog.removeVersion(name, version, precondition);
    response.status(204).end();
  });

  return router;
}

function deployAnswer({ fn, outcome }: Published): BuildAnswer {
  const document: DeployReply = { outcome, ...functionToWire(fn) };
  const headers = { ETag: quoted(tagOfFunction(fn)) };
  if (outcome !== 'created') return { status: 200, headers, document };
  return { status: 201, headers: { ...headers, Location: `/functions/${fn.name}` }, document };
}
