import type { BenchCase } from '../bench-case.ts';
import { firstCallCases } from './first-calls.ts';
import { freshCallCases } from './fresh-calls.ts';
import { deploysCase } from './deploys.ts';
import { fullStoreCases } from './full-store.ts';
import { idleSandboxesCase } from './idle-sandboxes.ts';
import { largeEventsCase } from './large-events.ts';
import { manyFunctionsCase } from './many-functions.ts';
import { programCase } from './programs.ts';
import { redeployCase } from './redeploy.ts';
import { serverMemoryCase } from './server-memory.ts';
import { warmCases } from './warm-calls.ts';

/** Every case, in the order in which they are run. */
export const allCases: readonly BenchCase[] = [
  ...warmCases,
  manyFunctionsCase,
  largeEventsCase,
  ...firstCallCases,
  ...freshCallCases,
  deploysCase,
  redeployCase,
  programCase,
  idleSandboxesCase,
  serverMemoryCase,
  ...fullStoreCases,
];
