import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Languages } from '../languages/language.ts';
import { wantedRuntimes, type WantedRuntime } from '../languages/wanted-runtimes.ts';
import { repeat } from '../repeat.ts';
import { defineRuntime } from '../runtimes/custom/define-runtime.ts';
import type { OpenRuntimes } from './runtimes.ts';
import type { Surroundings } from './surroundings.ts';

interface MakingParts extends Pick<OpenRuntimes, 'runtimes' | 'customRuntimes' | 'images'> {
  readonly languages: Pick<Languages, 'list'>;
  readonly artifacts: ArtifactStore;
}

const makeEveryMs = 5000;
const tryAgainMs = 600_000;

/**
 * Makes runtimes of the images that languages name, one after the other, as long as there are none of their names: now, and when
 * the languages change. One that cannot be made is tried again after a while.
 */
export function makeLanguageRuntimes({ config, logger, onStop }: Surroundings, parts: MakingParts): void {
  if (!config.languageRuntimes) return;
  const triedAtMs = new Map<string, number>();
  const work = async (ending: AbortSignal): Promise<void> => {
    for (const wanted of wantedRuntimes(parts.languages)) {
      if (ending.aborted) return;
      if (isThere(parts, wanted) || performance.now() - (triedAtMs.get(wanted.name) ?? -tryAgainMs) < tryAgainMs)
        continue;
      triedAtMs.set(wanted.name, performance.now());
      await make(parts, wanted).then(
        () => {
          logger.info('Made the runtime of a language', { runtime: wanted.name, image: wanted.image });
        },
        (error: unknown) => {
          if (ending.aborted) return;
          const reason = error instanceof Error ? error.message : String(error);
          logger.warn('The runtime of a language could not be made', {
            runtime: wanted.name,
            image: wanted.image,
            reason,
          });
        },
      );
    }
  };
  onStop(repeat({ work, everyMs: makeEveryMs, onFailure: () => undefined }));
}

function isThere({ runtimes, customRuntimes }: MakingParts, { name }: WantedRuntime): boolean {
  return runtimes.find(name) !== undefined || customRuntimes.find(name)?.lastBuild.state === 'building';
}

async function make({ artifacts, images, customRuntimes }: MakingParts, wanted: WantedRuntime): Promise<void> {
  const { name, image, languages, dockerfile } = wanted;
  const description = `Made of ${image} for ${languages.join(', ')}`.slice(0, 1000);
  const document = { contract: 'command', description, dockerfile };
  const build = await defineRuntime({ artifacts, images, custom: customRuntimes }, name, document, undefined);
  await build.finished;
}
