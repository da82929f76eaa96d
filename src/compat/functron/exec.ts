import type { ArtifactStore, StagedArtifact } from '../../artifacts/artifact-store.ts';
import { stagedFiles } from '../../artifacts/staged-files.ts';
import type { ArtifactLimits } from '../../artifacts/upload.ts';
import { SraasError } from '../../errors.ts';
import type { ProgramRequest, ProgramResult } from '../../programs/program.ts';
import { buildSource, type ImageRecipe } from '../../runtimes/custom/build-source.ts';
import type { MadeImage } from '../../runtimes/custom/made-image.ts';
import { ownDockerfile, sandboxRuntimeName } from '../../runtimes/custom/runtime-name.ts';
import { programLimits, type ProgramTerms } from '../program-terms.ts';
import { execFiles } from './exec-files.ts';
import type { ExecReply } from './exec-reply.ts';
import type { ExecRequest } from './exec-request.ts';
import { tempName } from './temp-name.ts';

/** Makes images from Dockerfiles; the part of the custom images that is needed here. */
export interface ProgramImages {
  order(recipe: ImageRecipe, wanted: 'command'): Promise<ProgramImageOrder>;
  /** Keeps an image until the function returned is called. */
  hold(key: MadeImage['key']): () => void;
}

interface ProgramImageOrder {
  log(): string;
  /** @throws SraasError RUNTIME_BUILD_FAILED */
  image(): Promise<Pick<MadeImage, 'key'>>;
}

export interface FunctronParts extends ProgramTerms {
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
  readonly artifactLimits: ArtifactLimits;
  readonly images: ProgramImages;
}

interface Answer {
  readonly status: 200 | 400;
  readonly reply: ExecReply;
}

/**
 * Builds the Dockerfile and runs its program once, with the tar's files at `/data`. Files and container are gone when it
 * resolves; the image may be found again by the next request of the same recipe, until it is collected.
 * @throws SraasError for what is neither the Dockerfile's fault nor the program's.
 */
export async function execOnce(
  request: ExecRequest,
  run: Pick<ProgramRequest, 'id' | 'signal'>,
  parts: FunctronParts,
): Promise<Answer> {
  const { artifacts, images, artifactLimits } = parts;
  const named = { tempName: tempName(request.name) };
  const staged = await artifacts.stage(execFiles(request, artifactLimits), { language: 'other' });
  try {
    const built = await build(staged, images);
    if ('problem' in built) return { status: 400, reply: { ...named, ...buildFailure(built) } };
    try {
      const result = await parts.programs.run(programRequest(request, staged, built.key, { ...run, ...parts }));
      return { status: 200, reply: { ...named, buildOutput: built.log, ...runReply(result) } };
    } finally {
      built.release();
    }
  } finally {
    await staged.discard();
  }
}

type Built = Pick<MadeImage, 'key'> & { readonly log: string; readonly release: () => void };
interface FailedBuild {
  readonly log: string;
  readonly problem: SraasError;
}

async function build(staged: StagedArtifact, images: ProgramImages): Promise<Built | FailedBuild> {
  let order: ProgramImageOrder | undefined;
  try {
    order = await images.order(await buildSource(undefined, staged), 'command');
    const { key } = await order.image();
    return { key, log: order.log(), release: images.hold(key) };
  } catch (error) {
    if (!isBuildProblem(error)) throw error;
    return { log: order?.log() ?? '', problem: error };
  }
}

/** A base that cannot be had is among them: an engine's own build fails of it as well. */
function isBuildProblem(error: unknown): error is SraasError {
  const codes: readonly string[] = ['BUILD_REFUSED', 'RUNTIME_BUILD_FAILED', 'RUNTIME_NOT_READY'];
  return error instanceof SraasError && codes.includes(error.code);
}

function buildFailure({ log, problem }: FailedBuild): ExecReply {
  const reasons = [problem.message, ...problem.violations.map(({ message }) => message)];
  return {
    errors: ['BuildFailure'],
    buildOutput: log,
    buildErrors: [...new Set(reasons)].map((line) => `${line}\n`).join(''),
    detailedError: problem.message,
  };
}

function programRequest(
  { stdin, timeoutMs }: ExecRequest,
  staged: StagedArtifact,
  key: MadeImage['key'],
  { id, signal, policy, network }: Pick<ProgramRequest, 'id' | 'signal'> & ProgramTerms,
): ProgramRequest {
  return {
    id,
    signal,
    runtime: sandboxRuntimeName(ownDockerfile, key),
    command: [],
    arguments: [],
    files: stagedFiles(staged),
    stdin,
    environment: {},
    limits: programLimits(policy, timeoutMs === undefined ? {} : { timeoutMs }),
    network,
  };
}

function runReply(result: ProgramResult): ExecReply {
  const { stdout, stderr } = result;
  const cut = [...(stdout.isCut ? ['CmdOut'] : []), ...(stderr.isCut ? ['CmdErr'] : [])];
  return {
    errors: [...endErrors(result), ...cut.map((name) => `${name} was cut: it has the output up to the limit`)],
    stdout: stdout.bytes,
    stderr: stderr.bytes,
  };
}

function endErrors({ ended, exitCode, cancelledBecause }: ProgramResult): readonly string[] {
  switch (ended) {
    case 'exited':
      return exitCode === 0 ? [] : ['Process did not exit right'];
    case 'timeout':
      return ['Process exceeded timeout'];
    case 'out_of_memory':
      return ['Process did not exit right', 'Process exceeded its memory'];
    case 'cancelled':
      return [`Process was ended: ${cancelledBecause?.message ?? 'somebody cancelled it.'}`];
    default:
      return ended satisfies never;
  }
}
