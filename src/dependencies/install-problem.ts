import { draining, SraasError } from '../errors.ts';
import type { ProgramEnding } from '../sandboxes/ready-program.ts';
import type { InstallLimits } from './install-limits.ts';
import { scriptExitCodes } from './install-script.ts';
import type { PackageManager } from './package-manager.ts';

/** Packages could not be installed. `lines` are the package manager's last. */
export function installFailed(sentence: string, lines: readonly string[] = [], cause?: unknown): SraasError {
  return new SraasError('DEPENDENCIES_FAILED', sentence, {
    violations: lines.map((message) => ({ pointer: '/dependencies', message })),
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What a container's end means; undefined for a success. */
export function installProblem(
  ending: ProgramEnding,
  { manager, limits, lines }: { manager: PackageManager; limits: InstallLimits; lines: readonly string[] },
): SraasError | undefined {
  switch (ending.cause) {
    case 'engine_lost':
      return ending.error;
    case 'cancelled':
      return draining();
    case 'deadline': {
      const sentence = `${manager} took longer than the ${limits.timeoutMs / 1000} s that an install may take.`;
      return installFailed(sentence, lines);
    }
    case 'died': {
      if (ending.exit === undefined) return installFailed('The install was ended from outside; deploy again.', lines);
      const { exitCode, outOfMemory } = ending.exit;
      if (exitCode === 0) return undefined;
      return installFailed(exitSentence(manager, limits, exitCode, outOfMemory), lines);
    }
    default:
      return ending satisfies never;
  }
}

function exitSentence(
  manager: PackageManager,
  { memoryMb }: InstallLimits,
  exitCode: number,
  outOfMemory: boolean,
): string {
  if (outOfMemory) {
    return `The install took more than the ${memoryMb} MiB of memory that it may use, with the files of the packages.`;
  }
  if (exitCode === scriptExitCodes.copy || exitCode === scriptExitCodes.pack) {
    return `The packages could not be put together: with all files the install may use ${memoryMb} MiB of memory.`;
  }
  return `${manager} could not install the packages and ended with exit code ${exitCode}; its last lines say why.`;
}
