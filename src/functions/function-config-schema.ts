import { namePattern } from '../documents/name.ts';
import type { FunctionPolicy } from './function-policy.ts';

/** A JSON schema in the vocabulary that this room's validator knows. */
export interface JsonSchema {
  readonly type: 'object' | 'string' | 'number' | 'integer';
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: false | JsonSchema;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

/** The kernel's quota has a floor of 1 ms in each period of 100 ms, and Docker refuses less than 0.01 cores. */
const leastCpus = 0.01;
/** Node comes up in a little less, but then nothing is left for a handler, its modules and `/tmp`. */
const leastMemoryMb = 32;
/** A Node sandbox takes about 12 before the handler has started anything. */
const leastPids = 16;

const secretName: JsonSchema = {
  type: 'string',
  description: 'the name of a secret: a letter, then up to 63 letters, digits, hyphens and underscores',
  pattern: namePattern.source,
};

const dayMs = 86_400_000;

const asyncPolicy: Record<string, JsonSchema> = {
  max_attempts: wholeNumber(1, 100),
  first_delay_ms: wholeNumber(0, dayMs),
  max_age_ms: wholeNumber(1000, 14 * dayMs),
  webhook_url: {
    type: 'string',
    description: 'an http:// or https:// address without a user and a fragment',
    maxLength: 2048,
    pattern: '^https?://[^\\s/?@#\\p{Cc}\\p{Cs}]+([/?][^\\s#\\p{Cc}\\p{Cs}]*)?$',
  },
  webhook_secret: secretName,
};

/**
 * The shape and ranges of a function's config under a policy. What spans two members is checked apart from it, and so is whether
 * there must be a handler, which is the runtime's to say.
 */
export function functionConfigSchema(policy: FunctionPolicy): JsonSchema {
  const limits: Record<string, JsonSchema> = {
    cpus: { type: 'number', minimum: leastCpus, maximum: policy.maxCpus },
    memory_mb: wholeNumber(leastMemoryMb, policy.maxMemoryMb),
    pids: wholeNumber(leastPids, policy.maxPids),
    timeout_ms: wholeNumber(1, policy.maxTimeoutMs),
    tmp_mb: wholeNumber(1, policy.maxTmpMb),
    result_bytes: wholeNumber(1, policy.maxResultBytes),
    log_bytes: wholeNumber(1, policy.maxLogBytes),
  };
  const concurrency: Record<string, JsonSchema> = {
    max: wholeNumber(1, policy.maxConcurrency),
    warm_min: wholeNumber(0, policy.reuseAllowed ? policy.maxConcurrency : 0),
  };
  return {
    ...closed({
      runtime: { type: 'string', minLength: 1, maxLength: 128 },
      handler: {
        type: 'string',
        description: 'a file and its export with a dot between them, for example "main.handler"',
        maxLength: 512,
        // Neither control characters nor lone surrogates are part of any path or export.
        pattern: '^[^\\p{Cc}\\p{Cs}]+\\.[^.\\p{Cc}\\p{Cs}]+$',
      },
      dependencies: { type: 'string', enum: ['none', 'install'] },
      description: { type: 'string', maxLength: 1000 },
      env: { type: 'object', maxProperties: 100, additionalProperties: { type: 'string' } },
      secrets: { type: 'object', maxProperties: 50, additionalProperties: secretName },
      limits: closed(limits),
      network: { type: 'string', enum: ['none', 'egress'] },
      isolation: { type: 'string', enum: policy.reuseAllowed ? ['warm', 'fresh'] : ['fresh'] },
      concurrency: closed(concurrency),
      async: closed(asyncPolicy),
      history: { type: 'string', enum: ['none', 'failures', 'all'] },
      labels: { type: 'object', maxProperties: 50, additionalProperties: { type: 'string' } },
    }),
    required: ['runtime'],
  };
}

function wholeNumber(minimum: number, maximum: number): JsonSchema {
  return { type: 'integer', minimum, maximum };
}

function closed(properties: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return { type: 'object', properties, additionalProperties: false };
}
