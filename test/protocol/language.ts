import { join } from 'node:path';
import type { Behaviour } from './behaviour.ts';
import { sharedBehaviours } from './behaviours.ts';
import type { Dialect } from './dialect.ts';
import { nodeDialect, pythonDialect } from './dialect.ts';
import { nodeBehaviours } from './node-behaviours.ts';
import { pythonBehaviours } from './python-behaviours.ts';

/** A language that handlers may be written in, and what its shim shows. */
export interface Language {
  readonly name: 'node' | 'python';
  readonly dialect: Dialect;
  /** Folder of the handlers that the behaviours name. */
  readonly handlers: string;
  /** The file of a handler that a behaviour names. */
  readonly fileOf: (handler: string) => string;
  /** What its shim shows beyond the shared behaviours. */
  readonly own: readonly Behaviour[];
}

const handlers = join(import.meta.dirname, '../fixtures/handlers');

export const node: Language = {
  name: 'node',
  dialect: nodeDialect,
  handlers: join(handlers, 'node'),
  fileOf: (handler) => (/\.[cm]?js$/.test(handler) ? handler : `${handler}.mjs`),
  own: nodeBehaviours,
};

export const python: Language = {
  name: 'python',
  dialect: pythonDialect,
  handlers: join(handlers, 'python'),
  fileOf: (handler) => `${handler}.py`,
  own: pythonBehaviours,
};

export const languages: Readonly<Record<Language['name'], Language>> = { node, python };

export const shared = ({ dialect }: Pick<Language, 'dialect'>): readonly Behaviour[] => sharedBehaviours(dialect);
