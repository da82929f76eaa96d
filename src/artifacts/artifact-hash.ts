/** SHA-256 of an artifact's canonical listing, 64 lower-case hex digits. */
export type ArtifactHash = string & { readonly __brand: 'ArtifactHash' };

export function isArtifactHash(text: string): text is ArtifactHash {
  return /^[0-9a-f]{64}$/.test(text);
}
