import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Handler } from './call-handler.ts';
import type { ErrorDescriber } from './describe-error.ts';
import { findSyntaxError } from './syntax-error-place.ts';

export interface HandlerPlace {
  /** Absolute path of the function's files. */
  readonly codeDirectory: string;
  readonly file: string;
  readonly exportName: string;
}

export type LoadedHandler = { readonly handler: Handler } | { readonly error: string };

type Exports = Readonly<Record<string, unknown>>;

const maxListedNames = 20;

/** Imports a handler's module, ES module or CommonJS, and finds the handler in it. Never rejects: all that goes wrong is text. */
export async function loadHandler(place: HandlerPlace, describe: ErrorDescriber): Promise<LoadedHandler> {
  const path = join(place.codeDirectory, place.file);
  if (!isFile(path)) return { error: `The handler's file ${place.file} is not among the function's files.` };
  try {
    const module = (await import(pathToFileURL(path).href)) as Exports;
    return findHandler(module, place);
  } catch (thrown) {
    return { error: withPlaceOfSyntaxError(thrown, describe(thrown), path) };
  }
}

function findHandler(module: Exports, { file, exportName }: HandlerPlace): LoadedHandler {
  const named = own(module, exportName);
  if (isHandler(named)) return { handler: named };
  // What a CommonJS module exports is the default export; Node finds only some of its names.
  const onDefault = own(module['default'], exportName);
  if (isHandler(onDefault)) return { handler: onDefault };
  const found = named ?? onDefault;
  if (found !== undefined) {
    return { error: `The export ${exportName} of ${file} is ${kindOf(found)}, not a function.` };
  }
  const names = namesIn(module);
  const others = names.length === 0 ? 'It exports nothing.' : `It exports: ${names.join(', ')}.`;
  return { error: `The module ${file} has no export named ${exportName}. ${others}` };
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function isHandler(value: unknown): value is Handler {
  return typeof value === 'function';
}

function own(target: unknown, key: string): unknown {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) return undefined;
  return Object.hasOwn(target, key) ? (target as Exports)[key] : undefined;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function namesIn(module: Exports): string[] {
  const fallback = module['default'];
  const names = [
    ...Object.keys(module),
    ...(typeof fallback === 'object' && fallback !== null ? Object.keys(fallback) : []),
  ];
  // The first two are how CommonJS and compiled modules look from outside, not what their authors wrote.
  const written = names.filter((name) => name !== 'module.exports' && name !== '__esModule');
  const unique = [...new Set(written)];
  if (typeof fallback === 'object' && fallback !== null && unique.length > 1)
    unique.splice(unique.indexOf('default'), 1);
  return unique.length > maxListedNames ? [...unique.slice(0, maxListedNames), '…'] : unique;
}

function withPlaceOfSyntaxError(thrown: unknown, text: string, path: string): string {
  // CommonJS brings the place along, and so does an import of a name that is not there; JSON.parse has the user's frames.
  if (!(thrown instanceof SyntaxError) || /^.+:\d+\n|\n\s+at\s/.test(text)) return text;
  try {
    const place = findSyntaxError(path, thrown.message);
    return place === undefined ? text : `${place}\n\n${text}`;
  } catch {
    return text;
  }
}
