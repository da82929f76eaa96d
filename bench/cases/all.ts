import type { BenchCase } from '../bench-case.ts';
import { warmCases } from './warm-calls.ts';

/** Every case, in the order of docs/performance.md. */
export const allCases: readonly BenchCase[] = [...warmCases];
