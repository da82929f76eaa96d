/** One file of an upload, whatever it came in. Its path has passed every rule of `entry-path.ts` and `entry-names.ts`. */
export interface UploadedFile {
  /** Relative, with `/` separators: `src/app.mjs`. */
  readonly path: string;
  readonly executable: boolean;
  /** Consume it before asking for the next file: an archive is read once, from its start to its end. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** What a reader of some format found, before any rule was applied to it. */
export type Entry =
  | ({ readonly kind: 'file' } & UploadedFile)
  | { readonly kind: 'directory'; readonly path: string }
  /** Bytes that describe other entries: they make no file, but they count against the expanded size. */
  | { readonly kind: 'metadata'; readonly sizeBytes: number };
