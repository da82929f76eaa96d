import { join } from 'node:path';
import type { ArtifactFile, HashedFile } from './artifact-file.ts';
import type { ArtifactHash } from './artifact-hash.ts';
import { ArtifactTree } from './artifact-tree.ts';
import { ByteBudget } from './byte-budget.ts';
import { artifactHash, inListingOrder } from './canonical-listing.ts';
import { checkedFiles } from './checked-files.ts';
import { EntryNames } from './entry-names.ts';
import type { ArtifactLimits } from './limits.ts';
import { removeTree } from './remove-tree.ts';
import type { StagingFolder } from './staging.ts';
import { isSource } from './typescript/emitted-path.ts';
import { SourceShelf } from './typescript/source-shelf.ts';
import type { Transpiler } from './typescript/transpiler.ts';
import type { Entry, UploadedFile } from './uploaded-file.ts';

export interface StageOptions {
  /** Whether TypeScript becomes JavaScript: with all but `node` every file stays what it is. */
  readonly language: 'node' | 'python' | 'other';
  /** Whether there need not be any file. */
  readonly mayBeNone?: boolean;
}

interface BuildOptions extends StageOptions {
  readonly limits: ArtifactLimits;
  readonly transpiler: Transpiler;
}

export interface BuiltArtifact {
  readonly hash: ArtifactHash;
  readonly sizeBytes: number;
  readonly files: readonly ArtifactFile[];
  readonly hasSourceMaps: boolean;
}

/** Folder of the files inside an artifact's own folder. The outer one stays writable for us, which moving a folder needs. */
export const treeName = 'tree';

/** From files to a finished, read-only tree with its name: the whole order of a stage. Leaves nothing else in the folder. */
export async function buildArtifact(
  folder: StagingFolder,
  files: AsyncIterable<UploadedFile> | Iterable<UploadedFile>,
  options: BuildOptions,
): Promise<BuiltArtifact> {
  const tree = new ArtifactTree(join(folder.path, treeName));
  const shelfPath = join(folder.path, 'sources');
  const shelf = new SourceShelf(shelfPath);
  tree.create();

  const paths = new Set<string>();
  const listed: HashedFile[] = [];
  for await (const file of checkedFiles(asEntries(files), options.limits, options)) {
    folder.closing.throwIfAborted();
    paths.add(file.path);
    if (options.language === 'node' && isSource(file.path)) await shelf.put(file);
    else listed.push(await tree.write(file));
  }

  const emission = new Emission(tree, listed, options.limits);
  await options.transpiler.transpile(shelf.sources, { paths, directory: tree.directory }, (file) => {
    folder.closing.throwIfAborted();
    return emission.add(file);
  });
  if (shelf.isUsed) await removeTree(shelfPath);
  await tree.seal();
  return {
    hash: artifactHash(listed),
    sizeBytes: listed.reduce((sum, file) => sum + file.sizeBytes, 0),
    files: inListingOrder(listed).map(({ path, sizeBytes, executable }) => ({ path, sizeBytes, executable })),
    hasSourceMaps: shelf.sources.length > 0 || [...paths].some(isSourceMap),
  };
}

/** Adds emitted files to a tree under the rules and the size cap that its other files have met already. */
class Emission {
  readonly #tree: ArtifactTree;
  readonly #listed: HashedFile[];
  readonly #names: EntryNames;
  readonly #budget: ByteBudget;

  constructor(tree: ArtifactTree, listed: HashedFile[], limits: ArtifactLimits) {
    this.#tree = tree;
    this.#listed = listed;
    this.#names = new EntryNames(limits);
    this.#budget = new ByteBudget(limits);
    for (const { path, sizeBytes } of listed) {
      this.#names.addFile(path);
      this.#budget.spend(sizeBytes);
    }
  }

  async add(file: UploadedFile): Promise<void> {
    this.#names.addFile(file.path);
    const written = await this.#tree.write(file);
    this.#budget.spend(written.sizeBytes);
    this.#listed.push(written);
  }
}

async function* asEntries(
  files: AsyncIterable<UploadedFile> | Iterable<UploadedFile>,
): AsyncGenerator<Entry, void, undefined> {
  for await (const file of files) yield { kind: 'file', ...file };
}

function isSourceMap(path: string): boolean {
  return /\.[cm]?js\.map$/.test(path) && !path.split('/').includes('node_modules');
}
