/** One file of an artifact as it is on disk, after transpiling. */
export interface ArtifactFile {
  /** Relative to the artifact's folder, with `/` separators. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly executable: boolean;
}

/** An artifact's file with what its hash is made of. */
export interface HashedFile extends ArtifactFile {
  /** SHA-256 of the content, 64 lower-case hex digits. */
  readonly contentHash: string;
}
