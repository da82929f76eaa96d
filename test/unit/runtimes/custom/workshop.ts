import { vi } from 'vitest';
import type { EngineImage } from '../../../../src/engine/engine.ts';
import type { FunctionStore } from '../../../../src/functions/function-store.ts';
import { CustomImages } from '../../../../src/runtimes/custom/custom-images.ts';
import { CustomRuntimes } from '../../../../src/runtimes/custom/custom-runtimes.ts';
import type { ImageInspection } from '../../../../src/runtimes/custom/interpreters.ts';
import type { Store } from '../../../../src/store/store.ts';
import { temporaryStore } from '../../store/temporary-store.ts';
import { FakeBuilds } from './fake-builds.ts';

/** Custom runtimes over a real store, with builds, an engine and sandboxes that do what a test tells them. */
export async function workshop(store?: Store) {
  const opened = store ?? (await temporaryStore());
  const builds = new FakeBuilds();
  /** Images that the engine has, by id. */
  const present = new Set<string>();
  /** Those of them that somebody else gave a name. */
  const named = new Set<string>();
  const listed: EngineImage[] = [];
  const files = new Set(['/usr/bin/python3']);
  const tryHandler = vi.fn<ImageInspection['tryHandler']>(() => Promise.resolve('3.11.2'));
  const inspection: ImageInspection = {
    firstOf: (_imageId, paths) => Promise.resolve(paths.find((path) => files.has(path))),
    tryHandler,
  };
  const failures: string[] = [];
  let now = Date.parse('2026-01-01T00:00:00.000Z');
  const parts = {
    clock: () => new Date(now),
    onFailure: (message: string) => {
      failures.push(message);
    },
  };
  const images = new CustomImages({
    ...parts,
    builds,
    store: opened.images,
    engine: {
      findImage: (id) => {
        const references: readonly string[] = named.has(id) ? ['theirs:latest'] : [];
        return Promise.resolve(present.has(id) ? ({ id, references } as EngineImage) : undefined);
      },
      listImages: () => Promise.resolve(listed),
      removeImage: (id) => {
        present.delete(id);
        return Promise.resolve();
      },
    },
    instanceId: opened.instanceId,
    contexts: { bring: () => Promise.resolve(), directoryOf: (hash) => `/artifacts/${hash}` },
    inspection,
  });
  await images.open();
  const runtimes = new CustomRuntimes({ ...parts, store: opened.runtimes, images, isAlone: true });
  await runtimes.open();
  const changed: string[] = [];
  runtimes.onChanged((name) => changed.push(name));
  return {
    store: opened,
    functions: opened.functions satisfies FunctionStore,
    builds,
    present,
    named,
    listed,
    files,
    tryHandler,
    failures,
    images,
    runtimes,
    changed,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

export const recipeOf = (dockerfile: string) => ({ dockerfile, contextDirectory: undefined, contextHash: undefined });
