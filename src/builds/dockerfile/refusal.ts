import { SraasError } from '../../errors.ts';

/** One reason why a Dockerfile is not built. */
export interface Refusal {
  /** 1-based; undefined when it is about the whole. */
  readonly line?: number;
  /** `ADD` for example; undefined when there is none. */
  readonly instruction?: string;
  /** What is wrong and what to do, as the rest of a sentence that begins with the place. */
  readonly reason: string;
}

/** Nobody reads more at once. */
const mostTold = 100;

/** What a client is told of a Dockerfile that is refused: every place, in the order of its lines. */
export function buildRefused(refusals: readonly Refusal[]): SraasError {
  const sentences = [...refusals].sort((one, other) => (one.line ?? 0) - (other.line ?? 0)).map(sentence);
  const [first = 'The Dockerfile is refused.'] = sentences;
  const more = sentences.length > 1 ? ` (and ${sentences.length - 1} more)` : '';
  return new SraasError('BUILD_REFUSED', `${first}${more}`, {
    violations: sentences.slice(0, mostTold).map((message) => ({ pointer: '/dockerfile', message })),
  });
}

function sentence({ line, instruction, reason }: Refusal): string {
  if (line === undefined) return reason;
  return instruction === undefined ? `Line ${line}: ${reason}` : `Line ${line}: ${instruction} ${reason}`;
}
