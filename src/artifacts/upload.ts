/** The door of this room for whoever holds uploaded bytes: what they become is `UploadedFile`s, which `ArtifactStore.stage` takes. */
export { archiveFiles } from './archive-files.ts';
export { inlineFiles } from './inline-files.ts';
export { defaultArtifactLimits, type ArtifactLimits } from './limits.ts';
export type { UploadedFile } from './uploaded-file.ts';
