import { Ajv, type ValidateFunction } from 'ajv';
import { SraasError, type Violation } from '../errors.ts';
import { toViolations } from './config-violations.ts';
import { environmentViolations, secretViolations } from './environment-rules.ts';
import { completeConfig, type FunctionConfigDocument } from './function-config-defaults.ts';
import { functionConfigSchema } from './function-config-schema.ts';
import { configFromWire } from './function-config-wire.ts';
import type { FunctionPolicy } from './function-policy.ts';
import type { FunctionConfig } from './function.ts';
import {
  endsWithEachCall,
  handlerViolations,
  usualHandlerRules,
  withoutReuse,
  type HandlerRules,
} from './handler-rule.ts';
import { labelViolations } from './label-rules.ts';

/** Enough to mend a document by, and few enough that a hostile one does not make a huge reply. */
const maxViolations = 100;

const validators = new WeakMap<FunctionPolicy, ValidateFunction>();

/**
 * Checks a config as a client sent it and fills in what it leaves out. Nothing is converted: `"256"` is not a number.
 * All that is wrong is reported at once, each with a JSON pointer into the document.
 *
 * @param handlerRules say for each runtime whether there must be a handler, and so whether a sandbox can serve twice.
 * @throws SraasError `INVALID_CONFIG` with violations; `NETWORK_NOT_ALLOWED` when nothing else is wrong than a network
 * that the operator does not allow.
 */
export function parseFunctionConfig(
  document: unknown,
  operatorPolicy: FunctionPolicy,
  handlerRules: HandlerRules = usualHandlerRules,
): FunctionConfig {
  const [runtime, handler] = [memberOf(document, 'runtime'), memberOf(document, 'handler')];
  const rule = typeof runtime === 'string' ? handlerRules(runtime) : 'required';
  const policy = endsWithEachCall(rule, handler) ? withoutReuse(operatorPolicy) : operatorPolicy;
  const validate = validatorOf(policy);
  const valid = validate(document);
  const env = memberOf(document, 'env');
  const secrets = memberOf(document, 'secrets');
  const labels = memberOf(document, 'labels');
  const violations = [
    ...toViolations(validate.errors ?? []),
    ...(isRecord(document) ? handlerViolations(rule, handler) : []),
    ...(isRecord(env) ? environmentViolations(env) : []),
    ...(isRecord(secrets) ? secretViolations(secrets, isRecord(env) ? env : {}) : []),
    ...(isRecord(labels) ? labelViolations(labels) : []),
  ];
  if (!valid) throw invalidConfig([...violations, ...networkViolations(document, policy)]);

  const wire = completeConfig(document as FunctionConfigDocument, policy);
  if (wire.limits.tmp_mb > wire.limits.memory_mb) {
    violations.push({
      pointer: '/limits/tmp_mb',
      message: `must be at most memory_mb, which is ${wire.limits.memory_mb}: /tmp is part of a sandbox's memory`,
    });
  }
  if (wire.concurrency.warm_min > wire.concurrency.max) {
    violations.push({
      pointer: '/concurrency/warm_min',
      message: `must be at most max, which is ${wire.concurrency.max}`,
    });
  }
  const network = networkViolations(document, policy);
  if (violations.length > 0) throw invalidConfig([...violations, ...network]);
  if (network.length > 0) {
    throw new SraasError(
      'NETWORK_NOT_ALLOWED',
      'The operator of this server does not allow functions a network: set network to "none" or leave it out.',
      { violations: network },
    );
  }
  return configFromWire(wire);
}

function networkViolations(document: unknown, policy: FunctionPolicy): readonly Violation[] {
  if (policy.egressAllowed || memberOf(document, 'network') !== 'egress') return [];
  return [{ pointer: '/network', message: 'must be "none": the operator does not allow functions a network' }];
}

function invalidConfig(violations: readonly Violation[]): SraasError {
  const shown = violations.slice(0, maxViolations);
  if (violations.length > shown.length) {
    shown.push({ pointer: '', message: `has ${violations.length - shown.length} more violations` });
  }
  const first = shown[0];
  const place = first?.pointer.slice(0, 80) ?? '';
  const sentence = `${place === '' ? 'the document' : place} ${first?.message ?? 'is not valid'}`;
  const rest = violations.length > 1 ? ` (and ${violations.length - 1} more)` : '';
  return new SraasError('INVALID_CONFIG', `Correct the function's configuration: ${sentence}${rest}.`, {
    violations: shown,
  });
}

function validatorOf(policy: FunctionPolicy): ValidateFunction {
  const known = validators.get(policy);
  if (known) return known;
  const ajv = new Ajv({ allErrors: true, strict: true, verbose: true, coerceTypes: false, useDefaults: false });
  const validate = ajv.compile(functionConfigSchema(policy));
  validators.set(policy, validate);
  return validate;
}

function memberOf(document: unknown, name: string): unknown {
  return isRecord(document) && Object.hasOwn(document, name) ? document[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
