import { readDocument } from './documents.ts';

/** A method and a target that leads to one route. */
export type Route = readonly [method: string, target: string];

/** Something of the right form for each part of a path that is named. */
const parts: Readonly<Record<string, string>> = {
  name: 'echo',
  reference: 'echo',
  alias: 'live',
  schedule: 'nightly',
  from: '1',
  to: '1',
  id: '01a53c9e-6a2b-7c50-9f0e-3d1c8f2b7a11',
};

/** Every route that docs/http-api.md has a heading for, which is every route there is: `test/unit/docs.test.ts` compares them. */
export function documentedRoutes(): readonly Route[] {
  const headings = readDocument('docs/http-api.md').matchAll(/^## `([A-Z]+) (\/\S*)`$/gm);
  return [...headings].map(([, method = '', path = '']): Route => [method, path.replace(/:(\w+)/g, fill)]);
}

function fill(_placeholder: string, name: string): string {
  const part = parts[name];
  if (part === undefined) throw new Error(`No test knows what to put in place of :${name}`);
  return part;
}
