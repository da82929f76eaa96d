import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { ArtifactStore, StagedArtifact } from '../artifacts/artifact-store.ts';
import { stagedFiles } from '../artifacts/staged-files.ts';
import type { UploadedFile } from '../artifacts/upload.ts';
import { BuildLog } from '../builds/build-log.ts';
import { BuildQueue } from '../builds/build-queue.ts';
import { draining, SraasError } from '../errors.ts';
import type { DependencyInstaller, InstallOrder } from '../functions/dependency-installer.ts';
import { withPackages } from './added-packages.ts';
import type { InstallLimits, InstallNetwork, Registries } from './install-limits.ts';
import { installFailed } from './install-problem.ts';
import { runInstall, type ContainerMaker } from './install-run.ts';
import { installScript } from './install-script.ts';
import { npmInputs } from './npm-inputs.ts';
import type { KeptPackages, PackageCache } from './package-cache.ts';
import { packageManagerOf, type PackageManager } from './package-manager.ts';
import { pipInputs } from './pip-inputs.ts';

interface InstallerParts {
  readonly artifacts: Pick<ArtifactStore, 'stage'>;
  readonly cache: PackageCache;
  readonly containers: ContainerMaker;
  /** Finds the image with the package manager, by a runtime's name. @throws SraasError `RUNTIME_NOT_READY`. */
  readonly baseOf: (runtime: string) => Promise<string>;
  readonly limits: InstallLimits;
  readonly network: InstallNetwork;
  readonly registries: Registries;
  readonly maxInstalls: number;
  readonly queueLength: number;
  readonly clock: () => Date;
  readonly onFailure: (message: string, error: unknown) => void;
}

/** An install that is under way, for all who wait for it. */
interface Install {
  readonly log: BuildLog;
  readonly packages: Promise<KeptPackages>;
}

interface Wanted {
  readonly key: string;
  readonly manager: PackageManager;
  readonly runtime: string;
  readonly image: string;
  readonly inputDirectory: string;
}

const logBytes = 1_000_000;

/** Installs packages, each set of them once: for the same inputs there is one install, now and later. */
export class Installer implements DependencyInstaller {
  readonly #parts: InstallerParts;
  readonly #queue: BuildQueue;
  readonly #underWay = new Map<string, Install>();
  readonly #closing = new AbortController();

  constructor(parts: InstallerParts) {
    this.#parts = parts;
    this.#queue = new BuildQueue({ what: 'installs', most: parts.maxInstalls, length: parts.queueLength });
  }

  async addPackages({ runtime, uploaded, code, onLine }: InstallOrder): Promise<Iterable<UploadedFile>> {
    const { cache, baseOf } = this.#parts;
    const manager = packageManagerOf(runtime.language);
    const paths = manager === 'npm' ? await npmInputs(uploaded) : await pipInputs(uploaded);
    const image = await baseOf(runtime.name);
    const input = paths === undefined ? uploaded : await this.#subset(uploaded, paths);
    try {
      const key = this.#key(manager, image, input);
      const wanted = { key, manager, image, runtime: runtime.name, inputDirectory: input.directory };
      const install = this.#underWay.get(key) ?? this.#begin(wanted);
      const unfollow = install.log.follow(onLine);
      const packages = await install.packages.finally(unfollow);
      return withPackages(code, packages, cache.directoryOf(packages));
    } finally {
      if (input !== uploaded) await input.discard();
    }
  }

  /** Ends what is under way, and waits until nothing of it is left. */
  async close(): Promise<void> {
    this.#closing.abort('The server stops.');
    await Promise.allSettled([...this.#underWay.values()].map(({ packages }) => packages));
    await this.#parts.cache.close();
  }

  #subset(uploaded: StagedArtifact, paths: readonly string[]): Promise<StagedArtifact> {
    const files = uploaded.files.filter(({ path }) => paths.includes(path));
    return this.#parts.artifacts.stage(stagedFiles({ ...uploaded, directory: uploaded.directory, files }), {
      language: 'other',
    });
  }

  /** Names everything that decides what comes out: an install sees nothing else, save the registry. */
  #key(manager: PackageManager, image: string, input: StagedArtifact): string {
    const { npmRegistry, pipIndex } = this.#parts.registries;
    const registry = manager === 'npm' ? npmRegistry : pipIndex;
    const named = [manager, installScript(manager), image, registry, input.hash];
    return createHash('sha256').update(JSON.stringify(named)).digest('hex');
  }

  #begin(wanted: Wanted): Install {
    const log = new BuildLog(logBytes);
    const install = { log, packages: this.#packages(wanted, log) };
    this.#underWay.set(wanted.key, install);
    const forget = (): void => {
      this.#underWay.delete(wanted.key);
      log.end();
    };
    install.packages.then(forget, forget);
    return install;
  }

  async #packages(wanted: Wanted, log: BuildLog): Promise<KeptPackages> {
    const { cache, clock } = this.#parts;
    const say = (text: string): void => {
      log.add({ at: clock(), text });
    };
    const known = await cache.find(wanted.key);
    if (known !== undefined) {
      say('The packages of this list are installed already.');
      return known;
    }
    if (this.#closing.signal.aborted) throw draining();
    this.#queue.assertRoom();
    const endTurn = await this.#turn();
    try {
      say(`Installing packages with ${wanted.manager}.`);
      return await this.#install(wanted, say);
    } finally {
      endTurn();
    }
  }

  async #turn(): Promise<() => void> {
    try {
      return await this.#queue.turn(this.#closing.signal);
    } catch {
      throw draining();
    }
  }

  async #install(wanted: Wanted, onLine: (text: string) => void): Promise<KeptPackages> {
    const { cache, onFailure } = this.#parts;
    const archivePath = cache.archivePath();
    try {
      await runInstall({ ...this.#parts, ...wanted, archivePath, onLine, signal: this.#closing.signal });
      const packages = await cache.keep(wanted.key, archivePath);
      cache.prune().catch((error: unknown) => {
        onFailure('Installed packages that nobody uses could not be removed', error);
      });
      return packages;
    } catch (error) {
      if (!(error instanceof SraasError) || error.code !== 'INVALID_ARTIFACT') throw error;
      throw installFailed(
        `The packages were installed, but they hold what no function may have. ${error.message}`,
        [],
        error,
      );
    } finally {
      await rm(archivePath, { force: true });
    }
  }
}
