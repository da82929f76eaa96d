import type { BuildRecord } from '../runtimes/custom/custom-runtime.ts';
import { languageOf } from '../runtimes/custom/image-use.ts';
import type { MadeImage } from '../runtimes/custom/made-image.ts';
import type { ShownRuntime } from '../runtimes/runtimes.ts';
import type { BuildDocument } from '../wire/build.ts';
import type { RuntimeDocument } from '../wire/runtime.ts';

/** A runtime as clients see it: what is not there yet is null. */
export function runtimeToWire(shown: ShownRuntime): RuntimeDocument {
  return shown.kind === 'built_in' ? builtInToWire(shown) : customToWire(shown);
}

export function buildToWire(build: BuildRecord): BuildDocument {
  return {
    id: build.id,
    state: build.state,
    queued_at: build.queuedAt.toISOString(),
    ended_at: build.endedAt?.toISOString() ?? null,
    problem: build.problem ?? null,
    problem_line: build.problemLine ?? null,
  };
}

function builtInToWire({ state }: Extract<ShownRuntime, { kind: 'built_in' }>): RuntimeDocument {
  const { runtime } = state;
  return {
    name: runtime.name,
    kind: 'built_in',
    contract: 'handler',
    language: runtime.language,
    description: runtime.description,
    state: state.state,
    ...(state.state === 'ready'
      ? {
          image: state.imageId,
          size_bytes: state.sizeBytes,
          base: state.base,
          created_at: state.createdAt.toISOString(),
        }
      : {}),
  };
}

function customToWire({ runtime, image, state }: Extract<ShownRuntime, { kind: 'custom' }>): RuntimeDocument {
  return {
    name: runtime.name,
    kind: 'custom',
    contract: runtime.contract,
    language: (runtime.use && languageOf(runtime.use)) ?? null,
    description: runtime.description,
    state,
    ...(image === undefined ? {} : imageToWire(image)),
    created_at: runtime.createdAt.toISOString(),
    updated_at: runtime.updatedAt.toISOString(),
    last_build: buildToWire(runtime.lastBuild),
  };
}

function imageToWire(image: MadeImage): Partial<RuntimeDocument> {
  return {
    language_version: image.interpreter?.version ?? null,
    command: image.use === 'command' ? image.command : null,
    image: image.imageId,
    size_bytes: image.sizeBytes,
    base: image.base,
    recipe_sha256: image.recipeHash,
    built_at: image.createdAt.toISOString(),
  };
}
