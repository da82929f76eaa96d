import type { ContainerExit } from '../engine/engine.ts';
import { EngineError } from '../engine/engine-error.ts';
import { explainEngineError } from '../engine/explain-engine-error.ts';
import type { Ending } from './ending.ts';
import type { LaunchedContainer } from './launched-container.ts';

type Dead = Pick<LaunchedContainer, 'exit' | 'account' | 'wasSeenToEnd'>;

/** 128 plus the number of SIGKILL, which is what the kernel's out-of-memory killer sends. */
const killedExitCode = 137;

/** What an engine says of a container that it found ended when it was started. */
const unknownExitCode = 255;

/** How long a process may outlive its channel before that counts as a trick rather than as dying. */
const deathGraceMs = 1000;

/** How long the engine may take to tell of an end that the kernel shows already. */
const slowEngineMs = 10_000;

/**
 * Finds out how a sandbox died whose channel closed.
 * @param ranOutOfMemory whether the kernel killed a process of it for want of memory.
 */
export async function autopsy(
  container: Dead,
  ending: Extract<Ending, { cause: 'died' }>,
  ranOutOfMemory: boolean,
): Promise<Ending> {
  let exit: ContainerExit;
  try {
    exit = await exitOf(container);
  } catch (error) {
    if (isTimeout(error) && !isOver(container)) {
      return { cause: 'violation', reason: 'it closed its channel to the host and kept running' };
    }
    // Unless the engine has gone, someone else removed it: it is dead all the same.
    return lostEngine(error) ?? ending;
  }
  const outOfMemory = exit.outOfMemory || (ranOutOfMemory && exit.exitCode === killedExitCode);
  const died = { ...ending, exit: { ...exit, outOfMemory } };
  if ((exit.exitCode !== killedExitCode && exit.exitCode !== unknownExitCode) || outOfMemory) return died;
  // An engine that is told to stop kills its containers, and still says so to those who have asked before; the next one finds them
  // ended. A handler may end with these codes as well, which its engine sees.
  try {
    return (await container.wasSeenToEnd()) ? died : engineLost(new EngineError('unreachable', 'Nobody saw it end'));
  } catch (error) {
    return lostEngine(error) ?? died;
  }
}

/** How the container ended, by the engine, which tells it late on a machine that has too much to do. */
async function exitOf(container: Dead): Promise<ContainerExit> {
  try {
    return await container.exit(deathGraceMs);
  } catch (error) {
    if (isTimeout(error) && isOver(container)) return await container.exit(slowEngineMs);
    throw error;
  }
}

/** Whether the kernel knows of no process in it but the engine's own init, which user code cannot be in. */
function isOver({ account }: Dead): boolean {
  return account !== undefined && (account.processCount() ?? 0) <= 1;
}

function isTimeout(error: unknown): boolean {
  return error instanceof EngineError && error.code === 'timeout';
}

function lostEngine(error: unknown): Ending | undefined {
  return error instanceof EngineError && error.code === 'unreachable' ? engineLost(error) : undefined;
}

function engineLost(error: EngineError): Ending {
  return { cause: 'engine_lost', error: explainEngineError(error) };
}
