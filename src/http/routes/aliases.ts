import { Router } from 'express';
import { aliasToWire } from '../../functions/alias-wire.ts';
import type { Aliases } from '../../functions/aliases.ts';
import type { FunctionCatalog } from '../../functions/catalog.ts';
import { tagOfAlias } from '../../functions/entity-tag.ts';
import { parseFunctionName } from '../../functions/function-name.ts';
import { parseAliasName } from '../../functions/reference.ts';
import { readDocument } from '../document-body.ts';
import { onlyParameters } from '../only-parameters.ts';
import { preconditionOf, setTag } from '../precondition.ts';

export interface AliasRoutesParts {
  readonly catalog: FunctionCatalog;
  readonly aliases: Aliases;
}

/** The aliases of a function. */
export function aliasRoutes({ catalog, aliases }: AliasRoutesParts): Router {
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/functions/:name/aliases', async (request, response) => {
    onlyParameters(request);
    const found = await catalog.aliases(parseFunctionName(request.params.name));
    response.json({ aliases: found.map(aliasToWire) });
  });

  router.get('/functions/:name/aliases/:alias', async (request, response) => {
    const { name, alias: aliasName } = request.params;
    const alias = await catalog.alias(parseFunctionName(name), parseAliasName(aliasName));
    setTag(response, tagOfAlias(alias));
    response.json(aliasToWire(alias));
  });

  router.put('/functions/:name/aliases/:alias', async (request, response) => {
    const { name, alias: aliasName } = request.params;
    const precondition = preconditionOf(request);
    const document = await readDocument(request, response);
    const { alias, outcome } = await aliases.put(name, aliasName, document, precondition);
    setTag(response, tagOfAlias(alias));
    if (outcome === 'created') response.status(201).location(`/functions/${name}/aliases/${aliasName}`);
    response.json({ outcome, ...aliasToWire(alias) });
  });

  router.delete('/functions/:name/aliases/:alias', async (request, response) => {
    await aliases.remove(request.params.name, request.params.alias, preconditionOf(request));
    response.status(204).end();
  });

  return router;
}
