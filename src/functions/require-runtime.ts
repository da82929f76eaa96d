import { SraasError } from '../errors.ts';
import { ownDockerfile } from '../runtimes/custom/runtime-name.ts';
import { usualHandlerRules, type HandlerRules } from './handler-rule.ts';

/** A runtime as far as a deploy needs to know it. */
export interface NamedRuntime {
  /** What its handlers are written in; undefined for a program, which has none. */
  readonly language: 'node' | 'python' | undefined;
  /** Whether a user made it, and may remove it. */
  readonly isCustom?: boolean;
}

/** The runtimes that a function may name. */
export interface RuntimeDirectory {
  /** Undefined for a name that is none's, and for a runtime that has no image yet. */
  find(name: string): NamedRuntime | undefined;
  list(): readonly { readonly name: string }[];
  /** Why a runtime that there is cannot be used yet, in one sentence; undefined for one that can be used, or is not there. */
  whyUnusable?(name: string): string | undefined;
}

/**
 * @param languages names of languages, where one of them would do as well.
 * @throws SraasError RUNTIME_NOT_FOUND, naming those there are; RUNTIME_NOT_READY for one that was never built.
 */
export function requireRuntime(
  runtimes: RuntimeDirectory,
  name: string,
  languages: readonly string[] = [],
): NamedRuntime {
  const runtime = runtimes.find(name);
  if (runtime !== undefined) return runtime;
  const reason = runtimes.whyUnusable?.(name);
  if (reason !== undefined) throw new SraasError('RUNTIME_NOT_READY', reason);
  const names = [...languages, ...runtimes.list().map((known) => known.name)].join(', ');
  const what = languages.length > 0 ? 'language or runtime' : 'runtime';
  throw new SraasError('RUNTIME_NOT_FOUND', `There is no such ${what}: choose one of ${names}.`, {
    violations: [{ pointer: '/runtime', message: `must be a ${what} of this server: ${names}` }],
  });
}

/** Whether a config has to name a handler, by its runtime. */
export function handlerRulesOf(runtimes: RuntimeDirectory): HandlerRules {
  return (name) => {
    if (name === ownDockerfile) return usualHandlerRules(name);
    const runtime = runtimes.find(name);
    if (runtime === undefined) return 'unknown';
    return runtime.language === undefined ? 'absent' : 'required';
  };
}
