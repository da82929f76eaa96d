import type { ContextLimits } from './context/context-files.ts';

/** What one build may take. */
export interface BuildLimits {
  readonly timeoutMs: number;
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly processes: number;
  /** Most that all steps together may write to the engine's disk. */
  readonly diskBytes: number;
  /** Most bytes of the finished image, with those of its base. */
  readonly imageBytes: number;
  /** Most bytes of output that are kept. */
  readonly logBytes: number;
  readonly context: ContextLimits;
  /** Network of RUN steps. */
  readonly network: 'none' | 'default';
  /** Parent control group of the steps; empty for the engine's default. */
  readonly cgroupParent: string;
}

const mebibyte = 1024 * 1024;

/** Shared memory of a step. */
export const sharedMemoryBytes: number = 64 * mebibyte;
/** Package managers and linkers open more than a function does. */
export const openFiles = 4096;
/** Most output of one build, kept or not. */
export const maxOutputBytes: number = 64 * mebibyte;
export const outputBytesPerSecond: number = 2 * mebibyte;
