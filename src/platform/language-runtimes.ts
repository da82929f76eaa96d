import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Languages } from '../languages/language.ts';
import { LanguageRuntimes } from '../languages/language-runtimes.ts';
import type { WantedRuntime } from '../languages/wanted-runtimes.ts';
import { repeat } from '../repeat.ts';
import { defineRuntime } from '../runtimes/custom/define-runtime.ts';
import type { OpenRuntimes } from './runtimes.ts';
import type { Surroundings } from './surroundings.ts';

interface MakingParts extends Pick<OpenRuntimes, 'runtimes' | 'customRuntimes' | 'images'> {
  readonly languages: Pick<Languages, 'list'>;
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
}

const lookEveryMs = 5000;

/** Has a runtime for each image that a language names: now, and when the languages change. */
export function keepLanguageRuntimes(
  { config, clock, logger, onFailure, onStop }: Surroundings,
  parts: MakingParts,
): void {
  if (!config.languageRuntimes) return;
  const { languages, runtimes, customRuntimes } = parts;
  const making = new LanguageRuntimes({
    languages,
    isThere: (name) => runtimes.find(name) !== undefined || customRuntimes.find(name)?.lastBuild.state === 'building',
    make: (wanted) => make(parts, wanted),
    onMade: ({ name, image }) => {
      logger.info('Made the runtime of a language', { runtime: name, image });
    },
    onFailure: ({ name, image }, error) => {
      onFailure(`The runtime ${name} of a language could not be made of the image ${image}`, error);
    },
    clock,
  });
  onStop(
    repeat({
      work: (ending) => making.makeMissing(ending),
      everyMs: lookEveryMs,
      onFailure: (error) => {
        onFailure('The runtimes of languages could not be looked at', error);
      },
    }),
  );
}

async function make({ artifacts, images, customRuntimes }: MakingParts, wanted: WantedRuntime): Promise<void> {
  const { name, image, languages, dockerfile } = wanted;
  const description = `Made of ${image} for ${languages.join(', ')}`.slice(0, 1000);
  const document = { contract: 'command', description, dockerfile };
  const build = await defineRuntime({ artifacts, images, custom: customRuntimes }, name, document, undefined);
  await build.finished;
}
