import type { Language, Languages } from './language.ts';

/** A runtime that languages name an image for. */
export interface WantedRuntime {
  readonly name: string;
  readonly image: string;
  /** Languages that run on it. */
  readonly languages: readonly string[];
  readonly dockerfile: string;
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
  const { name, image, languages: users } = found;
  const what = `The runtime ${name}, which ${users.join(', ')} ${users.length === 1 ? 'runs' : 'run'} on, is not made yet`;
  if (isMade) {
    return `${what} of the image ${image}: try again in a while; when that does not help, the server's log says why.`;
  }
  return (
    `${what}: put \`FROM ${image}\` into a Dockerfile and run ` +
    `\`npx sraas runtimes create ${name} Dockerfile --contract command\`.`
  );
}

function wanted(name: string, sharing: readonly Language[]): WantedRuntime {
  const image = sharing[0]?.image ?? '';
  return { name, image, languages: sharing.map((language) => language.name), dockerfile: dockerfileOf(image, sharing) };
}

/**
 * Programs begin in their own folder, also where the image chose another. Each has its command, whatever the image's is; what is
 * left to the image is its entry point, which then gets the name of the file.
 */
function dockerfileOf(image: string, sharing: readonly Language[]): string {
  const isImageRun = sharing.some(({ command }) => command.length === 0);
  const command = isImageRun ? 'CMD []' : 'ENTRYPOINT []\nCMD ["/bin/sh"]';
  return `FROM ${image}\nWORKDIR /\n${command}\n`;
}
