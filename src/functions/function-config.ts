import { Ajv, type ValidateFunction } from 'ajv';
import { isObject, memberOf } from '../documents/json-object.ts';
import { refusedDocument } from '../documents/refused-document.ts';
import { SraasError, type Violation } from '../errors.ts';
import type { FunctionConfigDocument } from '../wire/function-config.ts';
import { toViolations } from './config-violations.ts';
import { environmentViolations, secretViolations } from './environment-rules.ts';
import { completeConfig } from './function-config-defaults.ts';
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
    ...(isObject(document) ? handlerViolations(rule, handler) : []),
    ...(isObject(env) ? environmentViolations(env) : []),
    ...(isObject(secrets) ? secretViolations(secrets, isObject(env) ? env : {}) : []),
    ...(isObject(labels) ? labelViolations(labels) : []),
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
  return refusedDocument('INVALID_CONFIG', "the function's configuration", violations);
}

function validatorOf(policy: FunctionPolicy): ValidateFunction {
  const known = validators.get(policy);
  if (known) return known;
  const ajv = new Ajv({ allErrors: true, strict: true, verbose: true, coerceTypes: false, useDefaults: false });
  const validate = ajv.compile(functionConfigSchema(policy));
  validators.set(policy, validate);
  return validate;
}
