import { join } from 'node:path';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { DockerEngine } from '../engine/docker/docker-engine.ts';
import type { Languages } from '../languages/language.ts';
import { whyMissing } from '../languages/wanted-runtimes.ts';
import { CustomImages } from '../runtimes/custom/custom-images.ts';
import { CustomRuntimes } from '../runtimes/custom/custom-runtimes.ts';
import { collectImages } from '../runtimes/custom/image-housekeeping.ts';
import type { HandlerCandidate } from '../runtimes/custom/interpreters.ts';
import { ownDockerfile, sandboxRuntimeName } from '../runtimes/custom/runtime-name.ts';
import { RuntimeCatalog } from '../runtimes/runtime-catalog.ts';
import { Runtimes } from '../runtimes/runtimes.ts';
import { tryHandlerImage } from '../sandboxes/handler-trial.ts';
import type { LauncherOptions } from '../sandboxes/launcher.ts';
import type { Pools } from '../sandboxes/pools.ts';
import type { StarterOptions } from '../sandboxes/starter.ts';
import type { Store } from '../store/store.ts';
import type { OpenEngine } from './engine.ts';
import { openImageBuilds } from './image-builds.ts';
import type { Surroundings } from './surroundings.ts';

/** Everything that functions can run on. */
export interface OpenRuntimes {
  readonly builtIn: RuntimeCatalog;
  readonly runtimes: Runtimes;
  readonly customRuntimes: CustomRuntimes;
  readonly images: CustomImages;
  /** What the launcher of sandboxes needs of them. */
  readonly handlers: LauncherOptions['runtimes'];
  readonly programs: StarterOptions['programs'];
  /** Says where images are tried. No build ends well before. */
  tryOn(trial: Trial): void;
  /** Asks a registry again for an image that runtimes are made of. Resolves with false when it cannot be had from one now. */
  refreshBase(reference: string): Promise<boolean>;
  /** Cancels the builds that are under way. */
  endBuilds(): Promise<void>;
}

type Trial = Parameters<typeof tryHandlerImage>[0];

interface RuntimesParts extends OpenEngine {
  readonly store: Store;
  readonly artifacts: ArtifactStore;
  readonly languages: Languages;
}

/** An image that nothing refers to stays so long: somebody may go back to it, and a deploy may be about to use it. */
const imageGraceMs = 3_600_000;
const collectEveryMs = 600_000;

/** Makes the runtimes and reads what an earlier run recorded of them. */
export async function openRuntimes(surroundings: Surroundings, parts: RuntimesParts): Promise<OpenRuntimes> {
  const { config, installDirectory, clock, onFailure, onStop } = surroundings;
  const { store, engine, artifacts, languages } = parts;
  const { instanceId } = store;
  const builds = await openImageBuilds(surroundings, { ...parts, instanceId });
  let trial: Trial | undefined;
  const builtIn = new RuntimeCatalog(engine, join(installDirectory, 'images'));
  const labels = inspectionLabels(instanceId);
  const images = new CustomImages({
    store: store.images,
    builds,
    engine,
    instanceId,
    contexts: artifacts,
    inspection: {
      firstOf: (imageId, paths) => engine.firstPathInImage(imageId, paths, labels),
      tryHandler: (candidate, signal) => {
        if (trial === undefined) throw new TypeError('No image can be tried before there are sandboxes');
        return tryHandlerImage(trial, runtimeOf(candidate), candidate.imageId, signal);
      },
    },
    clock,
    onFailure,
  });
  await images.open();
  const customRuntimes = new CustomRuntimes({
    store: store.runtimes,
    images,
    isAlone: store.shared === undefined,
    clock,
    onFailure,
  });
  await customRuntimes.open();
  await removeInspections(engine, labels).catch((error: unknown) => {
    onFailure('Containers that an earlier run looked into images with could not be removed', error);
  });
  onStop(collectImages({ images, graceMs: imageGraceMs, everyMs: collectEveryMs, onFailure }));
  const runtimes = new Runtimes({
    builtIn,
    custom: customRuntimes,
    images,
    whyMissing: (name) => whyMissing(languages, name, config.languageRuntimes !== 'never'),
  });
  return {
    builtIn,
    runtimes,
    customRuntimes,
    images,
    handlers: handlersOf(runtimes),
    programs: programsOf(runtimes),
    tryOn: (given) => {
      trial = given;
    },
    refreshBase: (reference) => builds.refreshBase(reference),
    endBuilds: async () => {
      await customRuntimes.close();
      await builds.close();
    },
  };
}

/** Calls that come after a runtime was made anew run on its new image: the sandboxes of the old one are let go. */
export function renewUsersOfRuntimes(
  { customRuntimes, images }: Pick<OpenRuntimes, 'customRuntimes' | 'images'>,
  pools: Pick<Pools, 'renew'>,
): void {
  customRuntimes.onChanged((name) => void pools.renew(name));
  images.onRemoved((key) => pools.renew(sandboxRuntimeName(ownDockerfile, key)));
}

/** Programs have no shim for a launcher to start. */
function handlersOf(runtimes: Runtimes): LauncherOptions['runtimes'] {
  return {
    find: (name) => {
      const runtime = runtimes.find(name);
      return runtime?.language === undefined ? undefined : runtime;
    },
    imageOf: (runtime) => runtimes.imageOf(runtime),
    forget: (name) => {
      runtimes.forget(name);
    },
  };
}

function programsOf(runtimes: Runtimes): StarterOptions['programs'] {
  return {
    find: (name) => {
      const runtime = runtimes.find(name);
      return runtime?.language === undefined ? runtime : undefined;
    },
    imageOf: (runtime) => runtimes.imageOf(runtime),
  };
}

function runtimeOf({ language, interpreter, searchPath }: HandlerCandidate) {
  return { name: 'candidate', language, interpreter, searchPath } as const;
}

/** Labels of the containers that are made to look into an image, and never started. */
function inspectionLabels(instanceId: string): Readonly<Record<string, string>> {
  return { 'sraas.managed': 'inspection', 'sraas.instance': instanceId };
}

async function removeInspections(engine: DockerEngine, labels: Readonly<Record<string, string>>): Promise<void> {
  for (const { id } of await engine.list(labels)) await engine.remove(id);
}
