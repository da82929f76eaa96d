import { answer, json, problems, type Paths } from '../operation.ts';
import { anyObject, ref } from '../schema.ts';

const tags = ['operators'];

/** For operators, and for tools. */
export const operatorPaths: Paths = {
  '/healthz': {
    get: {
      operationId: 'health',
      summary: 'Tells that the server runs',
      tags,
      responses: { 200: answer('It does', json(ref('Health'))), ...problems([]) },
    },
  },
  '/readyz': {
    get: {
      operationId: 'readiness',
      summary: 'Tells whether new work is accepted',
      tags,
      responses: {
        200: answer('It is', json(ref('Readiness'))),
        503: answer('It is not: the server drains, or its data directory takes no change', json(ref('Readiness'))),
        ...problems([]),
      },
    },
  },
  '/metrics': {
    get: {
      operationId: 'metrics',
      summary: 'Tells what the server counts and is at',
      tags,
      responses: {
        200: answer("Prometheus' text format, version 0.0.4", { 'text/plain': { schema: { type: 'string' } } }),
        ...problems([]),
      },
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'apiDescription',
      summary: 'This document',
      tags,
      responses: { 200: answer('OpenAPI 3.1', json(anyObject)), ...problems(['INVALID_QUERY']) },
    },
  },
};
