import type { BuildEnd } from '../engine/build.ts';
import type { BuildLimits } from './build-limits.ts';
import type { BuildProblem } from './image-build.ts';
import type { RewrittenStep } from './rewritten.ts';

/** Says why a build was stopped, and where it was. */
export function stoppedAt(reason = 'The build was stopped.', step: RewrittenStep | undefined): BuildProblem {
  if (step?.line === undefined) return { detail: reason };
  return {
    detail: `${reason} It was at line ${step.line}: ${brief(step.title)}`,
    line: step.line,
    instruction: step.keyword,
  };
}

/** Says which step failed and how. The engine's own words stay out of it: they name folders of its host. */
export function failedAt(
  end: Extract<BuildEnd, { end: 'failed' }>,
  step: RewrittenStep | undefined,
  limits: Pick<BuildLimits, 'memoryBytes'>,
): BuildProblem {
  const { exitCode } = end;
  const why = exitCode === undefined ? refusedWords(step?.keyword) : exitWords(exitCode, limits);
  const place = step?.line === undefined ? {} : { line: step.line, instruction: step.keyword };
  const where = step?.line === undefined ? 'The build failed' : `Line ${step.line}: ${brief(step.title)}`;
  return { detail: `${where}: ${why}.`, ...place, ...(exitCode === undefined ? {} : { exitCode }) };
}

/** What the engine said, for the log, when it holds nothing of its host; undefined otherwise. */
export function ownWords(message: string): string | undefined {
  const text = message
    .slice(0, 4000)
    // The HTTP client's own words around the engine's.
    .replace(/^\(HTTP code \d+\)[^-]*- /, '')
    // Where the file systems of images and the build context are on the host: what is behind that is the path that the user knows.
    .replaceAll(/\/\S*?\/(?:merged|diff|fs|rootfs|docker-builder\d+)(?=[/:\s]|$)/g, '')
    .replaceAll(/\bsha256:[0-9a-f]{64}\b/g, 'the image')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .replace(/\.$/, '');
  if (text === '' || /\/(var|run|tmp|mnt|root|home|data)\/\S*(docker|containerd|overlay|builder|moby)/i.test(text))
    return undefined;
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}

function refusedWords(keyword: string | undefined): string {
  if (keyword === 'COPY') return 'what it copies is not there, or cannot be put where it says; the log has more';
  if (keyword === 'RUN') return 'its program could not be started; the log has more';
  return 'the engine could not do that as it is written; the log has more';
}

function exitWords(exitCode: number, { memoryBytes }: Pick<BuildLimits, 'memoryBytes'>): string {
  if (exitCode !== 137) return `exit code ${exitCode}`;
  return `exit code 137, killed: it most likely needed more than the ${Math.round(memoryBytes / 1_048_576)} MB of memory that a step has`;
}

function brief(text: string): string {
  const shown = text.replaceAll(/\s+/g, ' ');
  return shown.length > 120 ? `${shown.slice(0, 120)}…` : shown;
}
