import type { ErrorObject } from 'ajv';
import { pointerTo } from '../documents/json-pointer.ts';
import type { Violation } from '../errors.ts';
import type { JsonSchema } from './function-config-schema.ts';

/** Turns the validator's findings into sentences for people, one per place and reason. */
export function toViolations(errors: readonly ErrorObject[]): readonly Violation[] {
  const violations = new Map<string, Violation>();
  for (const error of errors) {
    const violation = toViolation(error);
    violations.set(`${violation.pointer} ${violation.message}`, violation);
  }
  return [...violations.values()];
}

function toViolation(error: ErrorObject): Violation {
  const schema = error.parentSchema as JsonSchema;
  const params = error.params as Readonly<Record<string, unknown>>;
  const pointer = error.instancePath;
  switch (error.keyword) {
    case 'required':
      return { pointer: pointer + pointerTo(String(params['missingProperty'])), message: 'is required' };
    case 'additionalProperties':
      return {
        pointer: pointer + pointerTo(String(params['additionalProperty'])),
        message: `is not known; known here are ${Object.keys(schema.properties ?? {}).join(', ')}`,
      };
    case 'pattern':
      return { pointer, message: `must be ${schema.description ?? 'of another form'}` };
    default:
      return { pointer, message: `must be ${expectation(schema)}` };
  }
}

/** What a value has to be, all of it, so that one correction is enough. */
function expectation(schema: JsonSchema): string {
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const kind = schema.type === 'integer' ? 'a whole number' : 'a number';
      return `${kind} of at least ${schema.minimum ?? '-'} and at most ${schema.maximum ?? '-'}`;
    }
    case 'string':
      if (schema.enum) return schema.enum.map((choice) => `"${choice}"`).join(' or ');
      if (schema.maxLength === undefined) return 'a string';
      return schema.minLength === undefined
        ? `a string of at most ${schema.maxLength} characters`
        : `a string of ${schema.minLength} to ${schema.maxLength} characters`;
    case 'object':
      return schema.maxProperties === undefined
        ? 'a JSON object'
        : `a JSON object with at most ${schema.maxProperties} members`;
    default:
      return schema.type satisfies never;
  }
}
