import { SraasError, type ErrorCode } from '../errors.ts';
import type { Language, Languages } from './language.ts';

/** A runtime that languages name an image for. */
export interface WantedRuntime {
  readonly name: string;
  readonly image: string;
  /** Languages that run on it. */
  readonly languages: readonly string[];
  readonly dockerfile: string;
  /** What it is made of, and how it is run, in words that its description begins with: those of another one are others. */
  readonly origin: string;
}

/** The runtimes that can be made of what languages say. */
export function wantedRuntimes(languages: Pick<Languages, 'list'>): readonly WantedRuntime[] {
  const byRuntime = new Map<string, Language[]>();
  for (const language of languages.list()) {
    if (language.image === undefined) continue;
    const sharing = byRuntime.get(language.runtime) ?? [];
    byRuntime.set(language.runtime, [...sharing, language]);
  }
  return [...byRuntime].map(([name, sharing]) => wanted(name, sharing));
}

/**
 * Why a runtime is not there that languages name an image for, and what to do about it; undefined for another name.
 * @param isMade whether this server makes such runtimes by itself.
 */
export function whyMissing(languages: Pick<Languages, 'list'>, runtime: string, isMade: boolean): string | undefined {
  const found = wantedRuntimes(languages).find(({ name }) => name === runtime);
  if (found === undefined) return undefined;
  const what = `${called(found)} is not made yet`;
  if (isMade)
    return `${what} of the image ${found.image}: run a program in it, which makes it, or says why it cannot be made.`;
  return (
    `${what}: put \`FROM ${found.image}\` into a Dockerfile and run ` +
    `\`npx sraas runtimes create ${found.name} Dockerfile --contract command\`.`
  );
}

/** What a program is told that needs a runtime which cannot be made; errors that are not about it stay what they are. */
export function runtimeNotMade(runtime: WantedRuntime, error: unknown): unknown {
  if (!(error instanceof SraasError) || passing.has(error.code)) return error;
  const sentence = `${called(runtime)} could not be made of the image ${runtime.image}. ${error.message}`;
  return new SraasError('RUNTIME_NOT_READY', sentence, { cause: error });
}

export function runtimeOnItsWay(runtime: WantedRuntime): SraasError {
  const sentence = `${called(runtime)} is being made of the image ${runtime.image}, which takes a while: try again later.`;
  return new SraasError('RUNTIME_NOT_READY', sentence, { retryAfterSeconds: 10 });
}

/** What is over in a while, however the image is. */
const passing: ReadonlySet<ErrorCode> = new Set(['QUEUE_FULL', 'DRAINING', 'ENGINE_UNAVAILABLE']);

function called({ name, languages }: WantedRuntime): string {
  return `The runtime ${name}, which ${languages.join(', ')} ${languages.length === 1 ? 'runs' : 'run'} on,`;
}

function wanted(name: string, sharing: readonly Language[]): WantedRuntime {
  const image = sharing[0]?.image ?? '';
  const isImageRun = sharing.some(({ command }) => command.length === 0);
  return {
    name,
    image,
    languages: sharing.map((language) => language.name),
    dockerfile: dockerfileOf(image, isImageRun),
    origin: `Made of ${image}${isImageRun ? withEntryPoint : ''}`,
  };
}

const withEntryPoint = ' with its entry point';

/** The description that the runtime gets: by it, it is known again. */
export function descriptionOf({ origin, languages }: WantedRuntime): string {
  return `${origin} for ${languages.join(', ')}`.slice(0, 1000);
}

/** The origin in a description; undefined for that of a runtime that was not made for languages. */
export function originIn(description: string): string | undefined {
  return /^(Made of \S+(?: with its entry point)?) for /.exec(description)?.[1];
}

/**
 * Programs begin in their own folder, also where the image chose another. Each has its command, whatever the image's is; what is
 * left to the image is its entry point, which then gets the name of the file.
 */
function dockerfileOf(image: string, isImageRun: boolean): string {
  const command = isImageRun ? 'CMD []' : 'ENTRYPOINT []\nCMD ["/bin/sh"]';
  return `FROM ${image}\nWORKDIR /\n${command}\n`;
}
