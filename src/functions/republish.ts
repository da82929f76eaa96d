import type { ArtifactHash } from '../artifacts/artifact-hash.ts';
import { resolveHandler } from '../artifacts/handler-entry.ts';
import { languageOfHandler } from '../artifacts/handler-language.ts';
import { SraasError } from '../errors.ts';
import { ownDockerfile } from '../runtimes/custom/runtime-name.ts';
import { tagOfFunction } from './entity-tag.ts';
import { parseFunctionConfig } from './function-config.ts';
import { configToWire } from './function-config-wire.ts';
import { parseFunctionName } from './function-name.ts';
import type { FunctionPolicy } from './function-policy.ts';
import type { FunctionStore, Published } from './function-store.ts';
import type { DeployedFunction, FunctionConfig, FunctionVersion, HandlerEntry } from './function.ts';
import { refuseSecretsOfPrograms } from './named-secrets.ts';
import { functionNotThere, versionNotThere } from './not-there.ts';
import { patchedConfig } from './patched-config.ts';
import { requireHolding, type Precondition } from './precondition.ts';
import { handlerRulesOf, requireRuntime, type RuntimeDirectory } from './require-runtime.ts';

interface RepublisherParts {
  readonly store: Pick<FunctionStore, 'find' | 'findVersion' | 'listVersions' | 'publish'>;
  readonly artifacts: { filesOf(hash: ArtifactHash): Promise<readonly { readonly path: string }[]> };
  readonly runtimes: RuntimeDirectory;
  /** Told of every version that was published, before it is acknowledged. */
  readonly catalog: { published(fn: DeployedFunction): void };
  readonly policy: FunctionPolicy;
  readonly clock: () => Date;
}

/** A version that is to be published once more, with the config that it is to have then. */
interface Wish {
  readonly source: FunctionVersion;
  readonly document: unknown;
}

/**
 * Publishes code that is there already: with another config, or a former version again. The next version is made of what
 * was the newest at that very moment: a deploy that comes in between is never undone by accident.
 */
export class Republisher {
  readonly #parts: RepublisherParts;

  constructor(parts: RepublisherParts) {
    this.#parts = parts;
  }

  /**
   * Publishes the newest version's code with its config changed by a JSON merge patch (RFC 7396).
   * @throws SraasError `INVALID_NAME`, `FUNCTION_NOT_FOUND`, `INVALID_CONFIG`, `NETWORK_NOT_ALLOWED`, `RUNTIME_NOT_FOUND`,
   * `INVALID_SECRET`, `HANDLER_FILE_NOT_FOUND`, `PRECONDITION_FAILED`, and what the store throws.
   */
  patch(name: string, patch: unknown, precondition?: Precondition): Promise<Published> {
    return this.#publishAfter(name, precondition, ({ latest }) =>
      Promise.resolve({ source: latest, document: patchedConfig(latest.config, patch) }),
    );
  }

  /**
   * Publishes a former version's code and config again, as the next version. The operator's policy of today holds for it too.
   * @param to its number; the one before the newest when left out.
   * @throws SraasError as `patch` does, and `VERSION_NOT_FOUND`.
   */
  rollBack(name: string, to?: number, precondition?: Precondition): Promise<Published> {
    return this.#publishAfter(name, precondition, async (fn) => {
      const source = await this.#formerVersion(fn, to);
      return { source, document: configToWire(source.config) };
    });
  }

  async #formerVersion({ name, latest }: DeployedFunction, to: number | undefined): Promise<FunctionVersion> {
    const { store } = this.#parts;
    if (to !== undefined) {
      const found = await store.findVersion(name, to);
      if (found !== undefined) return found;
      throw versionNotThere(name, to, latest.number);
    }
    const [before] = await store.listVersions(name, { before: latest.number, limit: 1 });
    if (before !== undefined) return before;
    throw new SraasError('VERSION_NOT_FOUND', `Function ${name} has no version before its newest, ${latest.number}.`);
  }

  async #publishAfter(
    name: string,
    precondition: Precondition | undefined,
    wishFor: (fn: DeployedFunction) => Promise<Wish>,
  ): Promise<Published> {
    const { store, catalog, clock } = this.#parts;
    const functionName = parseFunctionName(name);
    for (;;) {
      const fn = await store.find(functionName);
      if (fn === undefined) throw functionNotThere(functionName);
      const tag = tagOfFunction(fn);
      requireHolding(precondition, tag, `function ${functionName}`);
      const { source, document } = await wishFor(fn);
      const made = await this.#made(source, document);
      refuseSecretsOfPrograms(made.config, made.entry !== undefined);
      try {
        const published = await store.publish({
          functionName,
          ...made,
          artifactHash: source.artifactHash,
          artifactBytes: source.artifactBytes,
          copiedFrom: source.number,
          precondition: { ifMatch: [tag] },
          createdAt: clock(),
          ...(source.imageKey === undefined ? {} : { imageKey: source.imageKey }),
        });
        if (published.outcome !== 'unchanged') catalog.published(published.fn);
        return published;
      } catch (error) {
        // Somebody else published in between, so the wish is made anew: each turn of this loop is another's progress.
        if (!(error instanceof SraasError) || error.code !== 'PRECONDITION_FAILED') throw error;
      }
    }
  }

  /** The config after its check, and where its handler is in the code that there is. */
  async #made(source: FunctionVersion, document: unknown): Promise<Made> {
    const { runtimes, policy } = this.#parts;
    const config = parseFunctionConfig(document, policy, handlerRulesOf(runtimes));
    const before = source.config;
    if (config.dependencies !== before.dependencies) throw needsCode('dependencies', 'whether packages are installed');
    if ((config.runtime === ownDockerfile) !== (before.runtime === ownDockerfile)) {
      throw needsCode('runtime', 'whether it has a Dockerfile of its own');
    }
    if ((config.handler === undefined) !== (before.handler === undefined)) {
      throw needsCode('handler', 'whether it is a handler or a program');
    }
    if (config.runtime === ownDockerfile) {
      return { config, entry: await this.#entryOf(config, source, undefined) };
    }
    const runtime = requireRuntime(runtimes, config.runtime);
    if (config.runtime !== before.runtime) {
      if (config.dependencies === 'install') throw needsCode('runtime', 'what its packages were installed for');
      if (runtime.language !== runtimes.find(before.runtime)?.language) throw needsCode('runtime', 'the language');
    }
    const entry = await this.#entryOf(config, source, runtime.language);
    return { config, entry, ...(runtime.isCustom === true ? { usesCustomRuntime: true } : {}) };
  }

  /** @param language undefined where it is told by the handler that there is. */
  async #entryOf(
    { handler, runtime }: FunctionConfig,
    { config: before, entry, artifactHash }: FunctionVersion,
    language: 'node' | 'python' | undefined,
  ): Promise<HandlerEntry | undefined> {
    if (handler === undefined || entry === undefined || before.handler === undefined) return undefined;
    // The files are the same, so the same handler is in the same one.
    if (handler === before.handler && runtime === before.runtime) return entry;
    const files = await this.#parts.artifacts.filesOf(artifactHash);
    const { file, exportName } = resolveHandler(handler, files, language ?? languageOfHandler(before.handler, files));
    return { file, exportName, sourceMaps: entry.sourceMaps };
  }
}

interface Made {
  readonly config: FunctionConfig;
  readonly entry: HandlerEntry | undefined;
  readonly usesCustomRuntime?: boolean;
}

/** `what` completes "changes …": what the code was made ready for when it came. */
function needsCode(member: string, what: string): SraasError {
  const message = `changes ${what}, for which the code is made ready when it is uploaded: deploy it again`;
  return new SraasError('INVALID_CONFIG', `Correct the function's configuration: /${member} ${message}.`, {
    violations: [{ pointer: `/${member}`, message }],
  });
}
