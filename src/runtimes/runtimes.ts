import { SraasError } from '../errors.ts';
import type { CustomImages } from './custom/custom-images.ts';
import type { CustomRuntime } from './custom/custom-runtime.ts';
import type { CustomRuntimes } from './custom/custom-runtimes.ts';
import { languageOf } from './custom/image-use.ts';
import type { MadeImage } from './custom/made-image.ts';
import { ownDockerfile, ownImageKey } from './custom/runtime-name.ts';
import type { RuntimeCatalog } from './runtime-catalog.ts';
import type { HandlerRuntime, RuntimeState } from './runtime.ts';

/** A runtime whose image is the program itself. */
export interface ProgramRuntime {
  readonly name: string;
  readonly language: undefined;
  /** The whole argument vector. */
  readonly command: readonly string[];
  /** Empty where the image chose none. */
  readonly workingDirectory: string;
  readonly searchPath: string;
}

export type KnownRuntime = (HandlerRuntime | ProgramRuntime) & { readonly isCustom: boolean };

/** A runtime as its owner sees it. `building`, `failed` and `missing` ones have no image to start from now. */
export type ShownRuntime =
  | { readonly kind: 'built_in'; readonly state: RuntimeState }
  | {
      readonly kind: 'custom';
      readonly runtime: CustomRuntime;
      readonly image: MadeImage | undefined;
      readonly state: 'building' | 'ready' | 'failed' | 'missing';
    };

interface RuntimesParts {
  readonly builtIn: RuntimeCatalog;
  readonly custom: CustomRuntimes;
  readonly images: CustomImages;
  /** What to do about a name that is none's now, in one sentence; undefined where there is nothing to say. */
  readonly whyMissing?: (name: string) => string | undefined;
}

/** All runtimes of a server: the built-in ones, those that users made, and the images of functions with a Dockerfile. */
export class Runtimes {
  readonly #parts: RuntimesParts;

  constructor(parts: RuntimesParts) {
    this.#parts = parts;
  }

  /** A runtime that has an image, by its name or by a version's {@link ownImageKey}. */
  find(name: string): KnownRuntime | undefined {
    const { builtIn, custom, images } = this.#parts;
    const key = ownImageKey(name);
    if (key !== undefined) return asKnown(name, images.find(key));
    const runtime = builtIn.find(name);
    if (runtime !== undefined) return { ...runtime, isCustom: false };
    const made = custom.find(name);
    return made && asKnown(name, custom.imageOf(made));
  }

  /** Those that a function may name, the built-in ones first. */
  list(): readonly { readonly name: string }[] {
    const { builtIn, custom } = this.#parts;
    return [...builtIn.list(), ...custom.list(), { name: ownDockerfile }];
  }

  whyUnusable(name: string): string | undefined {
    const runtime = this.#parts.custom.find(name);
    if (runtime === undefined) return this.#parts.whyMissing?.(name);
    if (runtime.imageKey !== undefined) return undefined;
    return runtime.lastBuild.state === 'building'
      ? `The runtime ${name} is still being built: wait until it is ready.`
      : `The runtime ${name} has no image, as its build did not succeed: correct its Dockerfile and send it again.`;
  }

  /**
   * The id of the image that a runtime's sandboxes start from.
   * @throws SraasError `RUNTIME_NOT_READY`; an EngineError when the engine cannot be asked.
   */
  async imageOf({ name }: Pick<HandlerRuntime, 'name'>): Promise<string> {
    const { builtIn, custom, images } = this.#parts;
    const runtime = builtIn.find(name);
    if (runtime !== undefined) return builtIn.imageOf(runtime);
    const key = ownImageKey(name) ?? custom.find(name)?.imageKey;
    if (key !== undefined) return images.imageIdOf(key);
    throw new SraasError(
      'RUNTIME_NOT_READY',
      this.whyUnusable(name) ?? `This server no longer has the runtime ${name}.`,
    );
  }

  /** For an image that turned out to be gone: makes the next {@link imageOf} ask the engine. */
  forget(name: string): void {
    const { builtIn, custom, images } = this.#parts;
    const key = ownImageKey(name) ?? custom.find(name)?.imageKey;
    if (key === undefined) builtIn.forget(name);
    else images.forget(key);
  }

  /** Asks the engine about each. Rejects with its EngineError. */
  async show(): Promise<readonly ShownRuntime[]> {
    const { builtIn, custom } = this.#parts;
    const states = await builtIn.states();
    const shown = await Promise.all(custom.list().map((runtime) => this.#showCustom(runtime)));
    return [...states.map((state) => ({ kind: 'built_in', state }) as const), ...shown];
  }

  /** @throws SraasError `CUSTOM_RUNTIME_NOT_FOUND`; an EngineError. */
  async showOne(name: string): Promise<ShownRuntime> {
    const { builtIn, custom } = this.#parts;
    if (builtIn.find(name) === undefined) return this.#showCustom(custom.show(name));
    const state = (await builtIn.states()).find(({ runtime }) => runtime.name === name);
    return state === undefined ? this.#showCustom(custom.show(name)) : { kind: 'built_in', state };
  }

  async #showCustom(runtime: CustomRuntime): Promise<ShownRuntime> {
    const { custom, images } = this.#parts;
    const image = custom.imageOf(runtime);
    if (image === undefined) {
      const state = runtime.lastBuild.state === 'building' ? 'building' : 'failed';
      return { kind: 'custom', runtime, image, state };
    }
    const isPresent = await images.isPresent(image.key);
    return { kind: 'custom', runtime, image, state: isPresent ? 'ready' : 'missing' };
  }
}

function asKnown(name: string, image: MadeImage | undefined): KnownRuntime | undefined {
  if (image === undefined) return undefined;
  const { use, interpreter, searchPath, command, workingDirectory } = image;
  const language = languageOf(use);
  if (language === undefined) {
    // An image that chose no folder for itself runs where the function's files are.
    const chosen = workingDirectory === '/' ? '' : workingDirectory;
    return { name, language, command, workingDirectory: chosen, searchPath, isCustom: true };
  }
  return { name, language, interpreter: interpreter?.path ?? '', searchPath, isCustom: true };
}
