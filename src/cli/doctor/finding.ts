import type { Facts } from './facts.ts';

/** How one thing about this machine is. */
export interface Finding {
  readonly name: string;
  readonly status: 'ok' | 'warning' | 'problem';
  /** What was found, in a few words. */
  readonly detail: string;
  /** Present on all that is not ok. */
  readonly remedy?: Remedy;
}

interface Remedy {
  /** One sentence on why it matters. */
  readonly reason: string;
  /** What to type. */
  readonly command: string;
}

/** A judgement over the facts; undefined when they do not allow one. */
export type Check = (facts: Facts) => Finding | undefined;

export function ok(name: string, detail: string): Finding {
  return { name, status: 'ok', detail };
}

export function warning(name: string, detail: string, reason: string, command: string): Finding {
  return { name, status: 'warning', detail, remedy: { reason, command } };
}

export function problem(name: string, detail: string, reason: string, command: string): Finding {
  return { name, status: 'problem', detail, remedy: { reason, command } };
}
