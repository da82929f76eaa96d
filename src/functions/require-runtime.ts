import { SraasError } from '../errors.ts';
import type { Runtime } from '../runtimes/runtime.ts';

/** The runtimes that a function may name. */
export interface RuntimeDirectory {
  find(name: string): Pick<Runtime, 'language'> | undefined;
  list(): readonly Pick<Runtime, 'name'>[];
}

/** @throws SraasError RUNTIME_NOT_FOUND, naming those there are. */
export function requireRuntime(runtimes: RuntimeDirectory, name: string): Pick<Runtime, 'language'> {
  const runtime = runtimes.find(name);
  if (runtime !== undefined) return runtime;
  const names = runtimes
    .list()
    .map((known) => known.name)
    .join(', ');
  throw new SraasError('RUNTIME_NOT_FOUND', `There is no such runtime: choose one of ${names}.`, {
    violations: [{ pointer: '/runtime', message: `must be one of the runtimes of this server: ${names}` }],
  });
}
