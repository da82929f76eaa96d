import { describe, expect, it } from 'vitest';
import { planDockerfile } from '../../../src/builds/dockerfile/policy.ts';
import { baseOfLastStage } from '../../../src/builds/bases.ts';
import { recipeHashOf, rewritten } from '../../../src/builds/rewritten.ts';

const base = (reference: string, digit: string) =>
  [reference, { reference, id: `sha256:${digit.repeat(64)}` }] as const;
const bases = new Map([base('a', '1'), base('b', '2')]);
const labels = { steps: { s: '1' }, image: { i: '2' } };

describe('a rewritten Dockerfile', () => {
  const dockerfile =
    'ARG X=1\nFROM a AS build\nRUN make \\\n  all\nFROM b\nCOPY --from=build /x /y\nEXPOSE 80\nCMD ["/y"]\n';

  it('keeps for each of its lines the one that it stands for', () => {
    const steps = rewritten(planDockerfile(dockerfile, 'amd64'), bases, labels);
    expect(steps.map(({ text, line }) => [line, text])).toEqual([
      [1, 'ARG X=1'],
      [2, `FROM sha256:${'1'.repeat(64)} AS stage-0`],
      [undefined, 'LABEL s="1"'],
      [3, 'RUN make   all'],
      [5, `FROM sha256:${'2'.repeat(64)} AS stage-1`],
      [undefined, 'LABEL s="1"'],
      [6, 'COPY --from=0 /x /y'],
      [8, 'CMD ["/y"]'],
      [undefined, 'LABEL i="2"'],
    ]);
  });

  it('has titles in the words of its author', () => {
    const steps = rewritten(planDockerfile(dockerfile, 'amd64'), bases, labels);
    expect(steps.filter(({ line }) => line !== undefined).map(({ title }) => title)).toEqual([
      ...['ARG X=1', 'FROM a', 'RUN make   all', 'FROM b', 'COPY --from=build /x /y', 'CMD ["/y"]'],
    ]);
  });
});

describe('the hash of a recipe', () => {
  const hash = (dockerfile: string, contextHash?: string, having = bases, architecture = 'amd64'): string =>
    recipeHashOf(planDockerfile(dockerfile, 'amd64'), having, contextHash, architecture);

  it('is the same for the same instructions, however they are laid out', () => {
    expect(hash('from a\n# note\nrun  make \\\n all')).toBe(hash('FROM a AS whatever\n\nRUN make  all\nEXPOSE 80\n'));
  });

  it('differs with the instructions, the ids of the bases and the processor', () => {
    const other = new Map([base('a', '3')]);
    const hashes = [hash('FROM a'), hash('FROM b'), hash('FROM a\nRUN x'), hash('FROM a', undefined, other)];
    expect(new Set([...hashes, hash('FROM a', undefined, bases, 'arm64')]).size).toBe(5);
  });

  it('differs with the files of the context only when something is copied from it', () => {
    expect(hash('FROM a\nRUN x', '1')).toBe(hash('FROM a\nRUN x', '2'));
    expect(hash('FROM a AS s\nFROM a\nCOPY --from=s x y', '1')).toBe(
      hash('FROM a AS s\nFROM a\nCOPY --from=s x y', '2'),
    );
    expect(hash('FROM a\nCOPY x y', '1')).not.toBe(hash('FROM a\nCOPY x y', '2'));
  });
});

describe('the base of the last stage', () => {
  it.each([
    ['FROM a\nFROM b', `b (sha256:${'2'.repeat(64)})`],
    ['FROM a AS x\nFROM b\nFROM x', `a (sha256:${'1'.repeat(64)})`],
    ['FROM a\nFROM scratch', 'scratch'],
  ])('of %j is %s', (dockerfile, expected) => {
    expect(baseOfLastStage(planDockerfile(dockerfile, 'amd64').stages, bases)).toBe(expected);
  });
});
