import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { BuildEnd, BuildEngine } from '../engine/build.ts';
import { EngineError } from '../engine/engine-error.ts';
import {
  maxOutputBytes,
  openFiles,
  outputBytesPerSecond,
  sharedMemoryBytes,
  type BuildLimits,
} from './build-limits.ts';
import { failedAt, ownWords, stoppedAt } from './build-problem.ts';
import { BuildHalt } from './build-halt.ts';
import { BuildStop } from './build-stop.ts';
import type { ContextEntry } from './context/context-files.ts';
import { contextTar } from './context/context-tar.ts';
import { imageFacts, imageObjection } from './image-checks.ts';
import type { BuildProblem, BuiltImageFacts } from './image-build.ts';
import { builtReference } from './labels.ts';
import { OutputMeter } from './output-meter.ts';
import { ProgressReader } from './progress-reader.ts';
import type { RewrittenStep } from './rewritten.ts';
import { Watchdog } from './watchdog.ts';

interface BuildRunOptions {
  readonly buildEngine: BuildEngine;
  readonly buildId: string;
  readonly steps: readonly RewrittenStep[];
  /** Labels that everything of the build carries from the first container on. */
  readonly labels: Readonly<Record<string, string>>;
  readonly contextDirectory: string | undefined;
  readonly contextEntries: readonly ContextEntry[];
  readonly limits: BuildLimits;
  readonly architecture: string;
  /** Aborted by whoever cancels the build; the reason is a sentence. */
  readonly signal: AbortSignal;
  readonly onLine: (text: string, line: number | undefined) => void;
  /** Removes the containers that the build has at this moment. */
  readonly removeContainers: () => Promise<void>;
}

export type BuildRunEnd =
  | { readonly end: 'built'; readonly image: BuiltImageFacts }
  | { readonly end: 'failed' | 'cancelled'; readonly problem: BuildProblem };

/**
 * Runs one build from its context to a checked image. Never rejects. What it leaves on the engine is for `LeftoverBuilds` to
 * remove; an image that is refused here still has its name.
 */
export async function runBuild(options: BuildRunOptions): Promise<BuildRunEnd> {
  const { buildEngine, steps, limits, onLine } = options;
  const stop = new BuildStop(options.signal, limits.timeoutMs);
  const halt = new BuildHalt({ stop, removeContainers: options.removeContainers });
  const stopNow = (reason: string): void => {
    stop.now(reason);
  };
  const watchdog = new Watchdog({
    engine: buildEngine,
    labels: options.labels,
    maxProcesses: limits.processes,
    maxDiskBytes: limits.diskBytes,
    onBreach: stopNow,
  });
  const onStep = (): void => {
    watchdog.lookNow();
  };
  const onMisread = (): void => {
    stop.now('The engine reads this Dockerfile differently from what was checked; write it more simply.');
  };
  const progress = new ProgressReader({ steps, onLine, onStep, onMisread });
  const meter = new OutputMeter({ bytesPerSecond: outputBytesPerSecond, maxBytes: maxOutputBytes, onTooMuch: stopNow });
  const { context, dockerfilePath } = contextOf(options);
  context.once('error', () => {
    stop.now('The files of the build context could not be read.');
  });
  try {
    watchdog.start();
    const end = await buildEngine.runBuild(context, {
      ...orderOf(options),
      dockerfilePath,
      signal: halt.signal,
      onOutput: async (text) => {
        progress.add(text);
        await meter.count(text.length);
      },
    });
    progress.end();
    if (stop.reason === undefined) return await outcome(end, progress, options);
  } catch (error) {
    progress.end();
    if (stop.reason === undefined) return { end: 'failed', problem: engineProblem(error, progress, options) };
  } finally {
    stop.release();
    context.destroy();
    await halt.end();
    await watchdog.stop();
  }
  return { end: stop.isCancel ? 'cancelled' : 'failed', problem: stoppedAt(stop.reason, progress.userStep) };
}

function contextOf({ steps, contextDirectory, contextEntries }: BuildRunOptions): {
  readonly context: Readable;
  readonly dockerfilePath: string;
} {
  // Not to be guessed: a context could hold a file of that name.
  const dockerfilePath = `.sraas-${randomBytes(8).toString('hex')}`;
  const text = steps.map((step) => `${step.text}\n`).join('');
  const plan = { directory: contextDirectory, entries: contextEntries, dockerfile: { path: dockerfilePath, text } };
  return { context: contextTar(plan), dockerfilePath };
}

function orderOf({ buildId, limits }: BuildRunOptions) {
  const { memoryBytes, cpus, diskBytes, cgroupParent, network } = limits;
  return {
    reference: builtReference(buildId),
    limits: { memoryBytes, cpus, sharedMemoryBytes, openFiles, fileBytes: diskBytes, cgroupParent },
    network,
  } as const;
}

async function outcome(end: BuildEnd, progress: ProgressReader, options: BuildRunOptions): Promise<BuildRunEnd> {
  const { buildEngine, architecture, limits, onLine } = options;
  if (end.end === 'failed') {
    const words = end.exitCode === undefined ? ownWords(end.message) : undefined;
    if (words !== undefined) onLine(words, progress.userStep?.line);
    return { end: 'failed', problem: failedAt(end, progress.userStep, limits) };
  }
  const image = await buildEngine.imageDetails(end.imageId);
  if (image === undefined) return { end: 'failed', problem: { detail: 'The image was removed while it was checked.' } };
  const detail = imageObjection(image, { maxBytes: limits.imageBytes, architecture });
  return detail === undefined ? { end: 'built', image: imageFacts(image) } : { end: 'failed', problem: { detail } };
}

function engineProblem(error: unknown, { userStep }: ProgressReader, { onLine }: BuildRunOptions): BuildProblem {
  if (!(error instanceof EngineError) || error.code !== 'refused') {
    return stoppedAt('The container engine failed or went away during the build; try again.', userStep);
  }
  const words = ownWords(error.message);
  if (words !== undefined) onLine(words, userStep?.line);
  return stoppedAt('The engine would not build this; the log has more.', userStep);
}
