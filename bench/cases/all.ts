import type { BenchCase } from '../bench-case.ts';
import { fullStoreCases } from './full-store.ts';
import { programCase } from './programs.ts';
import { redeployCase } from './redeploy.ts';
import { warmCases } from './warm-calls.ts';

/** Every case, in the order in which they are run. */
export const allCases: readonly BenchCase[] = [...warmCases, redeployCase, programCase, ...fullStoreCases];
