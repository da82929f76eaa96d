import type { Violation } from '../errors.ts';
import { ownDockerfile } from '../runtimes/custom/runtime-name.ts';
import type { FunctionPolicy } from './function-policy.ts';

/**
 * What a config has to say about its handler: that is the runtime's to tell. `optional`: it decides by which contract its image
 * serves. `unknown`: there is no such runtime, which somebody else will say.
 */
export type HandlerRule = 'required' | 'absent' | 'optional' | 'unknown';

export type HandlerRules = (runtime: string) => HandlerRule;

/** Handlers for every runtime but a function's own Dockerfile, which may as well make a program. */
export const usualHandlerRules: HandlerRules = (runtime) => (runtime === ownDockerfile ? 'optional' : 'required');

/** What is wrong with the presence or absence of `handler`. */
export function handlerViolations(rule: HandlerRule, handler: unknown): readonly Violation[] {
  const pointer = '/handler';
  if (rule === 'required' && handler === undefined) return [{ pointer, message: 'is required' }];
  if (rule === 'absent' && handler !== undefined) {
    return [{ pointer, message: 'must be left out: the runtime is a program, which reads the event by itself' }];
  }
  return [];
}

/** Whether each invocation gets a container that never served another: a program ends with its one event. */
export function endsWithEachCall(rule: HandlerRule, handler: unknown): boolean {
  return rule === 'absent' || (rule === 'optional' && handler === undefined);
}

const policiesWithoutReuse = new WeakMap<FunctionPolicy, FunctionPolicy>();

/** The same policy object for the same policy: validators are remembered by it. */
export function withoutReuse(policy: FunctionPolicy): FunctionPolicy {
  const known = policiesWithoutReuse.get(policy);
  if (known !== undefined) return known;
  const made = policy.reuseAllowed ? { ...policy, reuseAllowed: false } : policy;
  policiesWithoutReuse.set(policy, made);
  return made;
}
