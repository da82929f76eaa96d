import { Router } from 'express';
import { isObject } from '../../documents/json-object.ts';
import { SraasError } from '../../errors.ts';
import { aliasToWire } from '../../functions/alias-wire.ts';
import type { Aliases } from '../../functions/aliases.ts';
import type { FunctionCatalog } from '../../functions/catalog.ts';
import { tagOfAlias, tagOfFunction } from '../../functions/entity-tag.ts';
import { parseFunctionName } from '../../functions/function-name.ts';
import { functionToWire, versionToWire } from '../../functions/function-wire.ts';
import { parseReference } from '../../functions/reference.ts';
import type { Republisher } from '../../functions/republish.ts';
import { versionDifference } from '../../functions/version-difference.ts';
import { isVersionNumber } from '../../functions/version-number.ts';
import { readMergePatch, readOptionalDocument } from '../document-body.ts';
import { onlyParameters } from '../only-parameters.ts';
import { pageToWire } from '../page-answer.ts';
import { pageRequest, versionCursor } from '../page-request.ts';
import { preconditionOf, setTag } from '../precondition.ts';

export interface VersionRoutesParts {
  readonly catalog: FunctionCatalog;
  readonly aliases: Aliases;
  readonly republisher: Republisher;
}

/** The versions of a function: their list, how two differ, and making the next one of what there is already. */
export function versionRoutes({ catalog, aliases, republisher }: VersionRoutesParts): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/functions/:name/versions', async (request, response) => {
    const { limit, cursor } = pageRequest(request);
    const page = await catalog.versions(parseFunctionName(request.params.name), {
      limit,
      ...(cursor === undefined ? {} : { before: versionCursor(cursor) }),
    });
    response.json(pageToWire('versions', page, versionToWire));
  });

  router.get('/functions/:name/versions/:from/diff/:to', async (request, response) => {
    onlyParameters(request);
    const { name, from, to } = request.params;
    const [before, after] = await Promise.all([
      catalog.resolve(parseReference(`${parseFunctionName(name)}@${from}`)),
      catalog.resolve(parseReference(`${parseFunctionName(name)}@${to}`)),
    ]);
    response.json(versionDifference(before, after));
  });

  router.patch('/functions/:name', async (request, response) => {
    const precondition = preconditionOf(request);
    const patch = await readMergePatch(request, response);
    const { fn, outcome } = await republisher.patch(request.params.name, patch, precondition);
    setTag(response, tagOfFunction(fn));
    response.json({ outcome, ...functionToWire(fn) });
  });

  router.post('/functions/:reference/rollback', async (request, response) => {
    const { name, alias: aliasName, version } = parseReference(request.params.reference);
    if (version !== undefined) {
      throw new SraasError(
        'INVALID_NAME',
        `Roll back ${name} or one of its aliases, and say in "to" to which version.`,
      );
    }
    const precondition = preconditionOf(request);
    const to = wantedVersion(await readOptionalDocument(request, response));
    if (aliasName !== undefined) {
      const alias = await aliases.rollBack(name, aliasName, to, precondition);
      setTag(response, tagOfAlias(alias));
      response.json(aliasToWire(alias));
      return;
    }
    const { fn, outcome } = await republisher.rollBack(name, to, precondition);
    setTag(response, tagOfFunction(fn));
    response.json({ outcome, ...functionToWire(fn) });
  });

  return router;
}

/** `{}`, nothing, or `{"to":3}`. */
function wantedVersion(document: unknown): number | undefined {
  if (document === undefined) return undefined;
  if (isObject(document)) {
    const { to, ...others } = document;
    if (Object.keys(others).length === 0 && (to === undefined || isVersionNumber(to))) return to;
  }
  throw new SraasError('BAD_REQUEST', 'Send {"to":3} with the number of a version, or no body at all.', {
    violations: [{ pointer: '/to', message: 'must be the number of a version, and the only member' }],
  });
}
