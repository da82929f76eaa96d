import { SraasError } from '../errors.ts';
import type { Runtime } from './runtime.ts';
import type { Steps } from './steps.ts';

/** An image that a runtime's image is built on. */
export interface Base {
  /** What a Dockerfile can say after FROM. */
  readonly reference: string;
  readonly id: string;
  readonly origin: 'official' | 'local';
}

export interface BaseOptions {
  readonly steps: Steps;
  /** Fetch or make it anew even when there is one. */
  readonly force: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Makes bases on this machine, for when no registry answers. */
export interface LocalBases {
  /** Rejects with SraasError `RUNTIME_NOT_READY` when this machine can't, in a sentence that says what would help. */
  make(runtime: Runtime, options: BaseOptions): Promise<Base>;
}

/** A base as people and labels name it: `official: node:24-slim`. */
export function describeBase(base: Base): string {
  return `${base.origin}: ${base.reference}`;
}

/** What {@link describeBase} describes; undefined when the text is none of its. */
export function referenceOfBase(description: string): string | undefined {
  return /^(?:official|local): (\S+)$/.exec(description)?.[1];
}

/** The image that the language's own project publishes. */
export function officialReference(runtime: Runtime): string {
  return `${runtime.language}:${runtime.majorVersion}-slim`;
}

export function notReady(runtime: Pick<Runtime, 'name'>, sentence: string, cause?: unknown): SraasError {
  return new SraasError('RUNTIME_NOT_READY', `${runtime.name}: ${sentence}`, cause === undefined ? {} : { cause });
}
