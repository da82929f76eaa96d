import type * as childProcessModule from 'node:child_process';

type ChildProcessModule = typeof childProcessModule;

// As it was before any user code. Node has it from 20.16 on; before, the bundle's own `require` does the same.
const load = (process.getBuiltinModule as typeof process.getBuiltinModule | undefined)?.bind(process) ?? require;

/** Node's module that starts programs, not loaded before it is needed: it takes 0.4 MB, and most sandboxes start none. */
export function childProcess(): ChildProcessModule {
  return load('node:child_process') as ChildProcessModule;
}
