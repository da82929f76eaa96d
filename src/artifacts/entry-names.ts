import { checkPath } from './entry-path.ts';
import type { ArtifactLimits } from './limits.ts';
import { quoted, refusedEntry, tooLarge } from './refusal.ts';

type NameKind = 'file' | 'folder';

/** The paths of one upload so far. Each must be acceptable by itself and must not collide with another one, on any file system. */
export class EntryNames {
  readonly #limits: ArtifactLimits;
  /** By folded path, so that names which some disk would take for one another meet here. */
  readonly #taken = new Map<string, { readonly path: string; readonly kind: NameKind }>();
  readonly #folders = new Set<string>();

  constructor(limits: ArtifactLimits) {
    this.#limits = limits;
  }

  /** Throws `INVALID_ARTIFACT` or `ARTIFACT_TOO_LARGE`; an accepted file also claims the folders above it. */
  addFile(path: string): void {
    checkPath(path, this.#limits);
    this.#enterFolderOf(path);
    this.#take(path, 'file');
  }

  /** As `addFile`. A folder may be named more than once. */
  addDirectory(path: string): void {
    checkPath(path, this.#limits);
    this.#addFolder(path);
  }

  #addFolder(path: string): void {
    if (this.#folders.has(path)) return;
    this.#enterFolderOf(path);
    this.#take(path, 'folder');
    this.#folders.add(path);
  }

  #enterFolderOf(path: string): void {
    const end = path.lastIndexOf('/');
    if (end !== -1) this.#addFolder(path.slice(0, end));
  }

  #take(path: string, kind: NameKind): void {
    const folded = foldPath(path);
    const taken = this.#taken.get(folded);
    if (taken === undefined) {
      if (this.#taken.size >= this.#limits.entries)
        throw tooLarge('its tree', this.#limits.entries, 'files and folders');
      this.#taken.set(folded, { path, kind });
      return;
    }
    if (taken.path !== path) {
      throw refusedEntry(path, `differs from ${quoted(taken.path)} only by case or Unicode form; rename one of them`);
    }
    if (taken.kind === kind) throw refusedEntry(path, 'is there twice; keep one of them');
    throw refusedEntry(path, 'is both a file and a folder; rename one of them');
  }
}

/**
 * Upper case first, as it unfolds what lower case keeps apart (ß and ss, ligatures); decomposed before and composed after, so that
 * both Unicode forms of a letter meet.
 */
function foldPath(path: string): string {
  return path.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC');
}
