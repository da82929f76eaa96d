import { sandboxPaths } from '../../runtime/protocol.ts';
import type { ContainerSpec } from '../engine/container.ts';
import { confinement, type ConfinedPlan, resolverMounts } from './container-spec.ts';

/** What differs between one program's container and the next. */
export interface ProgramPlan extends ConfinedPlan {
  /** The whole argument vector: an image's entry point and command, as they were read from the image. */
  readonly command: readonly string[];
  /** Path inside the container, from the image or from a caller; a senseless one counts as none. */
  readonly workingDirectory: string;
  /** PATH; the usual folders when left out. */
  readonly searchPath?: string;
  /** Variables of the program's own, which have been checked. The engine keeps them in its records. */
  readonly environment: Readonly<Record<string, string>>;
  /** Host folder with the program's files. */
  readonly codeDirectory: string;
  /** WEAKENS: what is written to `/tmp` may be run, for languages that are compiled in the sandbox. */
  readonly executableTmp?: true;
}

/** A second place for a function's files, beside `/function`. */
const dataMount = '/data';

const maxDirectoryLength = 1000;

/**
 * The container of a program: the same walls as those of a handler, with the image's own program in it instead of a shim, and
 * its standard streams held by this process.
 */
export function programSpec(plan: ProgramPlan): ContainerSpec {
  const walls = confinement(plan);
  return {
    ...walls,
    temporaryFileSystems: walls.temporaryFileSystems.map((tmp) =>
      plan.executableTmp === true ? { ...tmp, executable: true } : tmp,
    ),
    command: plan.command,
    environment: {
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      // An image that needs the loader's variables names them in what is asked for; unasked they count as a difference.
      LD_PRELOAD: '',
      LD_LIBRARY_PATH: '',
      ...plan.environment,
      PATH: plan.searchPath ?? '/usr/local/bin:/usr/bin:/bin',
      HOME: '/tmp',
      TMPDIR: '/tmp',
    },
    workingDirectory: saneDirectory(plan.workingDirectory) ?? sandboxPaths.code,
    mounts: [
      { source: plan.codeDirectory, target: sandboxPaths.code, readOnly: true },
      { source: plan.codeDirectory, target: dataMount, readOnly: true },
      ...resolverMounts(plan),
    ],
    stdio: 'attached',
  };
}

/** An absolute path that means what it says; the engine would make a folder of any other where it can. */
function saneDirectory(path: string): string | undefined {
  const isPlain = path.startsWith('/') && path.length <= maxDirectoryLength && !/\p{Control}/u.test(path);
  return isPlain && !path.split('/').some((part) => part === '..' || part === '.') ? path : undefined;
}
