import type { FunctionPolicy } from '../functions/function-policy.ts';
import { headers, sharedReplies } from './operation.ts';
import { aliasPaths } from './paths/aliases.ts';
import { callPaths } from './paths/calls.ts';
import { functionPaths } from './paths/functions.ts';
import { invocationPaths } from './paths/invocations.ts';
import { operatorPaths } from './paths/operator.ts';
import { runtimePaths } from './paths/runtimes.ts';
import { schedulePaths } from './paths/schedules.ts';
import { configSchemas } from './schemas/config.ts';
import { functionSchemas } from './schemas/functions.ts';
import { healthSchemas } from './schemas/health.ts';
import { invocationSchemas } from './schemas/invocations.ts';
import { problemSchemas } from './schemas/problem.ts';
import { programSchemas } from './schemas/programs.ts';
import { runtimeSchemas } from './schemas/runtimes.ts';
import { scheduleSchemas } from './schemas/schedules.ts';

interface ApiDescriptionParts {
  readonly productVersion: string;
  /** Its limits are the ranges of a function's configuration. */
  readonly policy: FunctionPolicy;
}

const description =
  `Runs handler modules in hardened containers. Every path that takes GET takes HEAD as well. Errors are problem
documents (RFC 9457) with stable codes; how a function ended is no error. Server-sent events are what a client gets that
accepts text/event-stream.`.replaceAll('\n', ' ');

/**
 * The HTTP API as a document of OpenAPI 3.1, whose schemas are JSON Schema 2020-12.
 * Source of the form: the OpenAPI Specification 3.1.1.
 */
export function apiDescription({ productVersion, policy }: ApiDescriptionParts): object {
  return {
    openapi: '3.1.1',
    info: { title: 'sraas', version: productVersion, description, license: { name: 'MIT', identifier: 'MIT' } },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    // Relative to where this document came from.
    servers: [{ url: '/' }],
    security: [],
    paths: {
      ...functionPaths,
      ...aliasPaths,
      ...callPaths,
      ...invocationPaths,
      ...schedulePaths,
      ...runtimePaths,
      ...operatorPaths,
    },
    components: {
      schemas: {
        ...configSchemas(policy),
        ...functionSchemas(),
        ...invocationSchemas(),
        ...programSchemas(policy),
        ...runtimeSchemas(),
        ...scheduleSchemas(),
        ...healthSchemas(),
        ...problemSchemas(),
      },
      headers,
      responses: sharedReplies,
    },
  };
}
