import { describe, expect, it } from 'vitest';
import { ProgressReader } from '../../../src/builds/progress-reader.ts';
import type { RewrittenStep } from '../../../src/builds/rewritten.ts';

const steps: readonly RewrittenStep[] = [
  { text: 'FROM sha256:00 AS stage-0', line: 1, keyword: 'FROM', title: 'FROM debian' },
  { text: 'LABEL x="1"', line: undefined, keyword: 'LABEL', title: 'LABEL' },
  { text: 'RUN make', line: 4, keyword: 'RUN', title: 'RUN make' },
  { text: 'LABEL y="1"', line: undefined, keyword: 'LABEL', title: 'LABEL' },
];

function read(...messages: readonly string[]) {
  const lines: [number | undefined, string][] = [];
  const calls = { steps: 0, misreads: 0 };
  const reader = new ProgressReader({
    steps,
    onLine: (text, line) => lines.push([line, text]),
    onStep: () => (calls.steps += 1),
    onMisread: () => (calls.misreads += 1),
  });
  for (const message of messages) reader.add(message);
  reader.end();
  return { lines, reader, ...calls };
}

const start = [
  'Step 1/4 : FROM sha256:00',
  '\n',
  ' ---> 0123456789ab\n',
  'Step 2/4 : LABEL x="1"',
  '\n',
  ' ---> Running in 0123456789ab\n',
];
const run = [
  'Removing intermediate container 0123456789ab\n',
  ' ---> 0123456789ab\n',
  'Step 3/4 : RUN make',
  '\n',
  ' ---> Running in 0123456789ab\n',
];

describe('progress of the classic builder', () => {
  it('announces the steps of the user by their lines, and neither ours nor ids', () => {
    expect(read(...start, ...run, 'compiling\n', 'done').lines).toEqual([
      [1, 'Step 1/2: FROM debian'],
      [4, 'Step 2/2: RUN make'],
      [4, 'compiling'],
      [4, 'done'],
    ]);
  });

  it('ends a line without an end when the engine speaks again', () => {
    const messages = [
      ...start,
      ...run,
      'no line end',
      'Removing intermediate container 0123456789ab\n',
      'Step 4/4 : LABEL y="1"',
      '\n',
    ];
    expect(read(...messages).lines.at(-1)).toEqual([4, 'no line end']);
  });

  it('takes printed words of the engine for what they are, unless they announce the very next step', () => {
    const { lines, reader } = read(
      ...start,
      ...run,
      'Step 1/4 : RUN x\n',
      'Step 9/9 : RUN x\n',
      'Step 3/4 : RUN make\n',
    );
    expect(lines.slice(2).map(([, text]) => text)).toEqual([
      'Step 1/4 : RUN x',
      'Step 9/9 : RUN x',
      'Step 3/4 : RUN make',
    ]);
    expect(reader.userStep?.line).toBe(4);
  });

  it('still names the last step of the user while one of ours is at work', () => {
    const { reader } = read(...start, ...run, 'Step 4/4 : LABEL y="1"', '\n');
    expect([reader.step?.text, reader.userStep?.title]).toEqual(['LABEL y="1"', 'RUN make']);
  });

  it('tells of each sign of a new container or image', () => {
    expect(read(...start).steps).toBe(4);
  });

  it('tells at once when the engine counts another number of steps', () => {
    expect(read(...start).misreads).toBe(0);
    expect(read('Step 1/5 : FROM sha256:00', '\n').misreads).toBe(1);
  });
});
