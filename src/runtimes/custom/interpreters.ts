import type { BuiltImageFacts } from '../../builds/image-build.ts';
import { SraasError } from '../../errors.ts';
import type { ImageUse } from './image-use.ts';
import type { Interpreter } from './made-image.ts';

type Language = Exclude<ImageUse, 'command'>;

/** An image that may serve handlers, to be tried. */
export interface HandlerCandidate {
  readonly imageId: string;
  readonly language: Language;
  /** Absolute path in the image. */
  readonly interpreter: string;
  readonly searchPath: string;
}

export interface ImageInspection {
  /** The first of these absolute paths that there is in an image; nothing of the image runs. Rejects with the engine's error. */
  firstOf(imageId: string, paths: readonly string[], signal: AbortSignal): Promise<string | undefined>;
  /**
   * Starts a sandbox on a candidate with our shim in it, and gives the version that its interpreter says it has.
   * @throws SraasError when no shim answers there.
   */
  tryHandler(candidate: HandlerCandidate, signal: AbortSignal): Promise<string>;
}

const programs: Readonly<Record<Language, string>> = { node: 'node', python: 'python3' };
const titles: Readonly<Record<Language, string>> = { node: 'Node', python: 'Python' };
/** The oldest versions that the shims run on. */
const oldest: Readonly<Record<Language, string>> = { node: '20', python: '3.9' };

/** Where Linux looks when an image sets no PATH. */
const usualSearchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The image's PATH with what is no absolute folder left out: a handler's own folder must not be searched for programs. */
export function searchPathOf(image: Pick<BuiltImageFacts, 'environment'>): string {
  const folders = (image.environment['PATH'] ?? '').split(':').filter((folder) => /^\/[^\0]*$/.test(folder));
  return folders.length === 0 ? usualSearchPath : folders.join(':');
}

/**
 * Finds out by which language an image serves handlers, and proves that it does.
 * @param wanted one language, or `handler` to take the one that the image has.
 * @throws SraasError `RUNTIME_BUILD_FAILED` with one sentence that says what the image lacks.
 */
export async function proveHandler(
  image: BuiltImageFacts,
  wanted: Language | 'handler',
  inspection: ImageInspection,
  signal: AbortSignal,
): Promise<{ readonly use: Language; readonly interpreter: Interpreter; readonly searchPath: string }> {
  const searchPath = searchPathOf(image);
  const languages: readonly Language[] = wanted === 'handler' ? ['node', 'python'] : [wanted];
  const found: (readonly [Language, string])[] = [];
  for (const language of languages) {
    const paths = searchPath.split(':').map((folder) => `${folder.replace(/\/+$/, '')}/${programs[language]}`);
    const path = await inspection.firstOf(image.imageId, paths, signal);
    if (path !== undefined) found.push([language, path]);
  }
  const [first, second] = found;
  if (first === undefined) throw lacking(languages, searchPath);
  if (second !== undefined) {
    throw failed('The image has both node and python3: say by `language` which of them runs the handlers.');
  }
  const [language, path] = first;
  const version = await inspection.tryHandler(
    { imageId: image.imageId, language, interpreter: path, searchPath },
    signal,
  );
  requireVersion(language, path, version);
  return { use: language, interpreter: { path, version }, searchPath };
}

function lacking(languages: readonly Language[], searchPath: string): SraasError {
  const names = languages.map((language) => programs[language]).join(' and no ');
  return failed(
    `The image has no ${names} on its PATH (${searchPath.slice(0, 200)}), which the handler contract needs: ` +
      `install ${languages.map((language) => `${titles[language]} ${oldest[language]}`).join(' or ')} or newer, ` +
      'or use the contract "command".',
  );
}

function requireVersion(language: Language, path: string, version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = oldest[language].split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw failed(
    `The image has ${titles[language]} ${version} at ${path}, and handlers need ${oldest[language]} or newer.`,
  );
}

function failed(message: string): SraasError {
  return new SraasError('RUNTIME_BUILD_FAILED', message);
}
