import { DockerfileParser } from 'dockerfile-ast';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Base } from '../../../src/builds/bases.ts';
import type { DockerfilePlan } from '../../../src/builds/dockerfile/plan.ts';
import { planDockerfile } from '../../../src/builds/dockerfile/policy.ts';
import { rewritten } from '../../../src/builds/rewritten.ts';
import { SraasError } from '../../../src/errors.ts';

const id = `sha256:${'0'.repeat(64)}`;
const steps = { 'sraas.managed': 'build', 'sraas.build': 'ours' };
const image = { 'sraas.managed': 'image' };

/** Undefined for a Dockerfile that is refused, which is the only other thing that may happen. */
function planOf(dockerfile: string): DockerfilePlan | undefined {
  try {
    return planDockerfile(dockerfile, 'amd64');
  } catch (error) {
    if (error instanceof SraasError && error.code === 'BUILD_REFUSED' && error.violations.length > 0) return undefined;
    throw error;
  }
}

function rewrittenText(plan: DockerfilePlan): string {
  const bases = plan.stages.flatMap(({ base }) => (base.kind === 'image' ? [base.reference] : []));
  const byReference = new Map(bases.map((reference): [string, Base] => [reference, { reference, id }]));
  return rewritten(plan, byReference, { steps, image })
    .map(({ text }) => text)
    .join('\n');
}

const keyword = fc.constantFrom(
  ...[
    'FROM',
    'RUN',
    'COPY',
    'ENV',
    'ARG',
    'LABEL',
    'WORKDIR',
    'USER',
    'CMD',
    'SHELL',
    'ADD',
    'VOLUME',
    'ONBUILD',
    'run',
    'A\\\nDD',
  ],
);
const fragment = fc.constantFrom(
  ...[
    ' ',
    '\n',
    '\\\n',
    '\\ \n',
    '\\\\\n',
    '\r\n',
    '\t',
    '#',
    '# syntax=x\n',
    '<<EOF',
    'EOF',
    '"',
    "'",
    '\\',
    '$',
    '${A}',
    '[',
    ']',
  ],
  ...[
    'a=b',
    'debian:12',
    'sraas.build=x',
    'LABEL',
    '--from=0',
    '--mount=x',
    'as',
    'x',
    '/proc',
    '..',
    '=',
    '\u00a0',
    '\ufeff',
    ',',
    '`',
  ],
);
const statement = fc
  .tuple(keyword, fc.array(fragment, { maxLength: 8 }))
  .map(([word, parts]) => `${word} ${parts.join('')}`);
const dockerfile = fc.array(statement, { maxLength: 8 }).map((lines) => `FROM debian\n${lines.join('\n')}`);

/** Much work rather than waiting: the machine may be busy. */
const timeout = 60_000;

describe('any text', { timeout }, () => {
  it('is planned or refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), dockerfile), (text) => {
        planOf(text);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a rewritten Dockerfile', { timeout }, () => {
  const accepted = (check: (text: string, plan: DockerfilePlan) => void): void => {
    let count = 0;
    fc.assert(
      fc.property(dockerfile, (text) => {
        const plan = planOf(text);
        if (plan === undefined) return;
        count += 1;
        check(rewrittenText(plan), plan);
      }),
      { numRuns: 2000 },
    );
    expect(count).toBeGreaterThan(20);
  };

  it('is one instruction a line, the same that were judged, to another parser too', () => {
    accepted((text, plan) => {
      const read = DockerfileParser.parse(text).getInstructions();
      expect(read.map((node) => node.getRange().start.line)).toEqual(text.split('\n').map((_line, index) => index));
      const judged = plan.steps.flatMap((step) => (step.kind === 'stage' ? ['FROM', 'LABEL'] : [step.keyword]));
      expect(read.map((node) => node.getKeyword())).toEqual([...judged, 'LABEL']);
      expect(DockerfileParser.parse(text).getDirectives()).toEqual([]);
    });
  });

  it('has no line that goes on in the next, and no here-document', () => {
    accepted((text) => {
      expect(text).not.toMatch(/\\[ \t]*$/m);
      expect(text).not.toMatch(/^(RUN|COPY) (.*\s)?\d*<<-?[^<\s]/m);
    });
  });

  it('says our labels after each FROM, and nobody else says one', () => {
    accepted((text) => {
      const lines = text.split('\n');
      for (const [index, line] of lines.entries()) {
        const isOurs = line === 'LABEL sraas.managed="build" sraas.build="ours"' || index === lines.length - 1;
        if (line.startsWith('FROM ')) expect(lines[index + 1]).toBe('LABEL sraas.managed="build" sraas.build="ours"');
        else if (line.startsWith('LABEL ') && !isOurs)
          expect(line).not.toMatch(/^LABEL ['"]?(sraas\.|\S+=.*\s['"]?sraas\.[a-z]+['"]?=)/);
      }
      expect(lines.at(-1)).toBe('LABEL sraas.managed="image"');
    });
  });

  it('is built on ids and on its own stages, never on a name', () => {
    accepted((text) => {
      const froms = text.split('\n').filter((line) => line.startsWith('FROM '));
      for (const from of froms) expect(from).toMatch(/^FROM (sha256:[0-9a-f]{64}|scratch|stage-\d+) AS stage-\d+$/);
    });
  });
});
