import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import { SraasError } from '../errors.ts';
import type { Languages } from '../languages/language.ts';
import { LanguageRuntimes, type Standing } from '../languages/language-runtimes.ts';
import { descriptionOf, originIn, type WantedRuntime } from '../languages/wanted-runtimes.ts';
import { describeError } from '../logger.ts';
import { repeat } from '../repeat.ts';
import { defineRuntime } from '../runtimes/custom/define-runtime.ts';
import type { OpenRuntimes } from './runtimes.ts';
import type { Surroundings } from './surroundings.ts';

interface MakingParts extends Pick<OpenRuntimes, 'runtimes' | 'customRuntimes' | 'images' | 'refreshBase'> {
  readonly languages: Pick<Languages, 'list'>;
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
}

/** The runtimes of a server's languages. */
export interface OpenLanguageRuntimes {
  /** Has one made that a program is about to need. */
  readonly needRuntime: LanguageRuntimes['need'];
  /** Has those made that are not there, and their images asked for again, as the settings say: until the stop. */
  keep(): void;
}

const lookEveryMs = 5000;

/** Makes what has a runtime made of each image that a language names: when it is needed, at the start, or never. */
export function openLanguageRuntimes(surroundings: Surroundings, parts: MakingParts): OpenLanguageRuntimes {
  const { config, clock, logger, onStop } = surroundings;
  if (config.languageRuntimes === 'never') return { needRuntime: () => Promise.resolve(), keep: () => undefined };
  const making = new LanguageRuntimes({
    languages: parts.languages,
    standing: (name) => standingOf(parts, name),
    make: (wanted) => make(surroundings, parts, wanted),
    fetch: (image) => parts.refreshBase(image),
    onFailure: ({ name, image }, error) => {
      const facts = error instanceof SraasError ? { because: error.message } : describeError(error);
      logger.warn(`The runtime ${name} of a language could not be made of the image ${image}`, facts);
    },
    onNotFetched: (images) => {
      logger.warn('Images of languages could not be fetched anew, and stay as they are', { images });
    },
    clock,
  });
  const every = (everyMs: number, work: (ending: AbortSignal) => Promise<void>): void => {
    const onFailure = (error: unknown): void => {
      surroundings.onFailure('The runtimes of languages could not be looked at', error);
    };
    onStop(repeat({ work, everyMs, onFailure }));
  };
  return {
    needRuntime: (name, signal) => making.need(name, signal),
    keep: () => {
      if (config.languageRuntimes === 'start') every(lookEveryMs, (ending) => making.makeMissing(ending));
      const { languageImagesRefreshMs } = config;
      if (languageImagesRefreshMs > 0) every(languageImagesRefreshMs, (ending) => making.refresh(ending));
    },
  };
}

/** A runtime that somebody else made under the name is used as it is. */
function standingOf({ runtimes, customRuntimes }: MakingParts, name: string): Standing {
  const custom = customRuntimes.find(name);
  if (custom?.lastBuild.state === 'building') return { state: 'building' };
  if (runtimes.find(name) === undefined) return { state: 'missing' };
  const origin = originIn(custom?.description ?? '');
  return origin === undefined ? { state: 'others' } : { state: 'made', origin };
}

async function make({ logger }: Surroundings, parts: MakingParts, wanted: WantedRuntime): Promise<void> {
  const { artifacts, images, customRuntimes } = parts;
  const { name, image, dockerfile } = wanted;
  const document = { contract: 'command', description: descriptionOf(wanted), dockerfile };
  const before = customRuntimes.find(name)?.imageKey;
  const build = await defineRuntime({ artifacts, images, custom: customRuntimes }, name, document, undefined);
  const { imageKey } = await build.finished;
  if (imageKey !== before) logger.info('Made the runtime of a language', { runtime: name, image });
}
