import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Behaviour } from './behaviour.ts';
import { node, python, shared } from './language.ts';
import { programBehaviours } from './program-behaviours.ts';

const document = readFileSync(join(import.meta.dirname, '../../docs/conformance.md'), 'utf8');

/** The list under a heading, item by item. */
function listed(heading: string): readonly string[] {
  const section = document.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^- (.+)$/gm)].map(([, item = '']) => item);
}

const titles = (behaviours: readonly Pick<Behaviour, 'title'>[]): readonly string[] =>
  behaviours.map(({ title }) => title);

describe('docs/conformance.md', () => {
  test.each([
    ['Every shim', shared(node)],
    ['Every shim', shared(python)],
    ['Node', node.own],
    ['Python', python.own],
    ['Programs', programBehaviours],
  ] as const)('lists what is shown under "%s", case by case', (heading, behaviours) => {
    expect(listed(heading)).toEqual(titles(behaviours));
  });

  test('tells the cases of one list apart', () => {
    for (const behaviours of [shared(node), node.own, python.own, programBehaviours]) {
      expect(new Set(titles(behaviours)).size).toBe(behaviours.length);
    }
  });
});
