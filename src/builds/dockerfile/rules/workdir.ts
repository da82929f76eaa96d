import { posix } from 'node:path';
import { quote } from '../quote.ts';
import type { Rule } from '../rule.ts';
import { literal } from '../words.ts';
import type { StageScope } from '../stage-scope.ts';

/**
 * WORKDIR: a step that starts in a folder of the kernel's could reach what is open in the low-level runtime that starts it. So the
 * path is worked out here and written out. Source: CVE-2024-21626.
 */
export const workdirRule: Rule = ({ text }, { scope, refuse }) => {
  const path = resolved(text, scope);
  if (path === undefined) {
    refuse(
      `has the path ${quote(text)}, which is only known while building; write it out, or set its variables with ENV before.`,
    );
    return [];
  }
  const inside = posix.resolve(scope.directory, path);
  // A base may have a folder of its own, which a relative path would begin at.
  for (const candidate of [inside, posix.resolve('/', path)]) {
    if (/^\/(proc|sys|dev)(\/|$)/.test(candidate)) {
      refuse(`has the path ${quote(text)}; folders of the kernel are no place to work in.`);
      return [];
    }
  }
  scope.enter(inside);
  return [path];
};

function resolved(text: string, scope: StageScope): string | undefined {
  const unknown: string[] = [];
  const path = text.replaceAll(/\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/g, (_match, braced?: string, bare?: string) => {
    const name = braced ?? bare ?? '';
    const value = scope.valueOf(name);
    if (value === undefined) unknown.push(name);
    return value ?? '';
  });
  const plain = literal(path);
  return unknown.length === 0 && plain !== '' ? plain : undefined;
}
