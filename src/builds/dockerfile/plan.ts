/** What a stage of a Dockerfile begins with. */
export type StageBase =
  | { readonly kind: 'image'; readonly reference: string }
  | { readonly kind: 'scratch' }
  | { readonly kind: 'stage'; readonly index: number };

export interface Stage {
  /** Line of its FROM. */
  readonly line: number;
  readonly base: StageBase;
}

/** One thing to do, in words that mean the same to every engine. */
export type PlannedStep =
  | { readonly kind: 'stage'; readonly line: number; readonly index: number }
  | {
      readonly kind: 'instruction';
      readonly line: number;
      readonly keyword: string;
      readonly text: string;
      readonly title: string;
    };

/** A Dockerfile that the policy accepts, with everything decided but what its bases are. */
export interface DockerfilePlan {
  readonly stages: readonly Stage[];
  readonly steps: readonly PlannedStep[];
  /** Lines that copy files of the build context. */
  readonly contextLines: readonly number[];
}
