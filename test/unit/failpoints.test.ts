import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { armFailpoint, disarmFailpoint, failpoint, failpointNames } from '../../src/failpoints.ts';
import { projectDirectory } from '../support/documents.ts';

afterEach(disarmFailpoint);

/** The names in all calls of `failpoint` in the product, one for each call. */
function passedInTheProduct(): readonly string[] {
  const source = join(projectDirectory, 'src');
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .flatMap((name) => [...readFileSync(join(source, name), 'utf8').matchAll(/\bfailpoint\('([^']+)'\)/g)])
    .map(([, name = '']) => name);
}

describe('the list of failpoints', () => {
  it('has each that the product passes, and the product passes each at one line', () => {
    expect([...passedInTheProduct()].sort()).toEqual([...failpointNames].sort());
  });

  it('has each name once', () => {
    expect(new Set(failpointNames).size).toBe(failpointNames.length);
  });
});

describe('a failpoint', () => {
  it('does nothing where none is armed, or another', () => {
    const die = vi.fn();
    failpoint('deploy.staged');
    armFailpoint('deploy.code_kept', die);
    failpoint('deploy.staged');
    expect(die).not.toHaveBeenCalled();
  });

  it('kills at the first passage, or at the one that is counted to, and at no other', () => {
    const passages: number[] = [];
    const passFourTimes = (): void => {
      for (let passage = 1; passage <= 4; passage += 1) {
        current = passage;
        failpoint('deploy.staged');
      }
    };
    let current = 0;
    armFailpoint('deploy.staged', () => passages.push(current));
    passFourTimes();
    armFailpoint('deploy.staged:3', () => passages.push(current));
    passFourTimes();
    expect(passages).toEqual([1, 3]);
  });

  it.each(['deploy.nowhere', 'deploy.staged:0', 'deploy.staged:', 'deploy.staged:x', ' deploy.staged', ''])(
    'is not armed by the text %j',
    (text) => {
      expect(() => {
        armFailpoint(text, () => undefined);
      }).toThrow(/^SRAAS_FAIL_AT is .*: give name or name:count, with a name of start\.locked, /);
    },
  );
});
