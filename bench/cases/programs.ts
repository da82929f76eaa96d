import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { atMost, type BenchCase, type Contest, type Figures } from '../bench-case.ts';
import { median } from '../load/quantile.ts';
import type { Subjects } from '../subjects/subjects.ts';

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

const run = promisify(execFile);

/** The time until the whole answer is there, in milliseconds: the median for each language, each snippet on an idle machine. */
async function timesOf(answerOf: (snippet: Snippet) => Promise<string>): Promise<Figures> {
  const figures: Record<string, number> = {};
  for (const snippet of snippets) {
    const timesMs: number[] = [];
    for (let sample = 0; sample < samples; sample++) {
      await delay(restMs);
      const began = performance.now();
      const answer = await answerOf(snippet);
      timesMs.push(performance.now() - began);
      if (answer !== '42\n') throw new Error(`Not the answer: ${answer}`);
    }
    figures[figureOf(snippet)] = median(timesMs);
  }
  return figures;
}

function figureOf({ language }: Snippet): string {
  return `${language} p50 ms`;
}

async function open(subjects: Subjects): Promise<Contest> {
  const { client } = await subjects.server();
  const images = new Map((await client.runtimes.list()).map(({ name, image }) => [name, image]));
  const ours = (): Promise<Figures> =>
    timesOf(async ({ language, code }) => {
      const { stdout, stderr } = await client.runProgram({ runtime: language, code });
      return stdout + stderr;
    });
  const theirs = (): Promise<Figures> =>
    timesOf(async ({ runtime, code, command }) => {
      const image = images.get(runtime);
      if (image === undefined) throw new Error(`The runtime ${runtime} has no image.`);
      const { stdout, stderr } = await run('docker', ['run', '--rm', image, ...command, code], {
        env: { ...process.env, DOCKER_HOST: subjects.engineHost },
      });
      return stdout + stderr;
    });
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
