/** How much one upload may hold. Operators may raise or lower each; a library or a tree beyond it is refused while it arrives. */
export interface ArtifactLimits {
  /** Most bytes of an archive as it was sent. */
  readonly uploadBytes: number;
  /** Most bytes of all files together, as they are on disk. */
  readonly totalBytes: number;
  /** Most files and folders together; folders that only a path implies count too, as each is an inode. */
  readonly entries: number;
  /** Most bytes of one path in UTF-8. */
  readonly pathBytes: number;
  /** Most segments of one path: `a/b.mjs` has two. */
  readonly depth: number;
}

const mebibyte = 1024 * 1024;

export const defaultArtifactLimits: ArtifactLimits = {
  uploadBytes: 50 * mebibyte,
  totalBytes: 250 * mebibyte,
  entries: 20_000,
  pathBytes: 1024,
  depth: 32,
};

/** For code that was checked when it was uploaded, under limits that are not known any more. */
export const limitsOfKeptCode: ArtifactLimits = {
  ...defaultArtifactLimits,
  uploadBytes: Number.MAX_SAFE_INTEGER,
  totalBytes: Number.MAX_SAFE_INTEGER,
  entries: Number.MAX_SAFE_INTEGER,
};

/** Longest name of one file or folder, in bytes: Linux's NAME_MAX, which no limit can raise. */
export const nameBytes = 255;
