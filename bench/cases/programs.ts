import { atMost, type BenchCase, type Contest, type Figures } from '../bench-case.ts';
import { dockerRun, imagesOf } from '../subjects/docker-run.ts';
import type { Subjects } from '../subjects/subjects.ts';
import { figuresOf, medianTime, timed } from './one-by-one.ts';

interface Snippet {
  readonly language: string;
  readonly runtime: string;
  readonly code: string;
  /** How the same is started in a container of the runtime's image. */
  readonly command: readonly string[];
}

const snippets: readonly Snippet[] = [
  { language: 'python3', runtime: 'python3.13', code: 'print(6 * 7)', command: ['python3', '-u', '-c'] },
  { language: 'javascript', runtime: 'node24', code: 'console.log(6 * 7)', command: ['node', '-e'] },
  { language: 'sh', runtime: 'node24', code: 'echo $((6 * 7))', command: ['sh', '-c'] },
];

const samples = 5;
/** Between two snippets, so that a container has been prepared for the next one, and the last one has gone. */
const restMs = 1000;

/** The time until the whole answer is there, in milliseconds: the median for each language, each snippet on an idle machine. */
function timesOf(answerOf: (snippet: Snippet) => Promise<string>): Promise<Figures> {
  return figuresOf(snippets, figureOf, (snippet) =>
    medianTime(samples, restMs, () =>
      timed(async () => {
        const answer = await answerOf(snippet);
        if (answer !== '42\n') throw new Error(`Not the answer: ${answer}`);
      }),
    ),
  );
}

function figureOf({ language }: Snippet): string {
  return `${language} p50 ms`;
}

async function open(subjects: Subjects): Promise<Contest> {
  const server = await subjects.server();
  const imageOf = await imagesOf(server);
  const ours = (): Promise<Figures> =>
    timesOf(async ({ language, code }) => {
      const { stdout, stderr } = await server.client.runProgram({ runtime: language, code });
      return stdout + stderr;
    });
  const theirs = (): Promise<Figures> =>
    timesOf(({ runtime, code, command }) => dockerRun(subjects, imageOf(runtime), [...command, code]));
  // The compilers of the server get warm before the clock runs.
  await ours();
  return { ours, theirs, [Symbol.asyncDispose]: () => Promise.resolve() };
}

export const programCase: BenchCase = {
  id: 'P1',
  what: 'a program through /run, one a second',
  against: '`docker run` of the same program of the same image',
  bars: Object.fromEntries(snippets.map((snippet) => [figureOf(snippet), atMost(1 / 5)])),
  rounds: 6,
  open,
};
