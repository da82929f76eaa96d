/** A language that programs may be in. */
export interface LanguageDocument {
  readonly name: string;
  /** Other names that lead to it. */
  readonly aliases: readonly string[];
  readonly runtime: string;
  /** As `state` of a runtime; `missing` also while there is none of the name, `unknown` while the engine does not answer. */
  readonly runtime_state: 'ready' | 'missing' | 'building' | 'failed' | 'unknown';
  /** What its runtime is made of, where the language says it. */
  readonly image: string | null;
  /** The file that the code is put into. */
  readonly file: string;
  readonly compile: readonly string[] | null;
  /** Empty for the image's own program. */
  readonly command: readonly string[];
  /** Whether it works in a copy of its folder that it may write to. */
  readonly writable: boolean;
  readonly example: string;
  readonly highlighting: string;
  /** What an inline expression is put into; null where there are none. */
  readonly inline: { readonly template: string; readonly imports: string | null } | null;
}
