import {
  checkAccessControl,
  checkCgroups,
  checkEngine,
  checkEnginePermission,
  checkEngineRuntime,
  checkEngineVersion,
  checkImages,
  checkLimits,
  checkSeccomp,
  checkUserNamespaces,
} from './engine-checks.ts';
import type { Facts } from './facts.ts';
import type { Check, Finding } from './finding.ts';
import {
  checkDatabase,
  checkDataDirectory,
  checkFreeSpace,
  checkNode,
  checkPort,
  checkSettings,
  checkUser,
} from './machine-checks.ts';

const checks: readonly Check[] = [
  checkNode,
  checkSettings,
  checkEngine,
  checkEnginePermission,
  checkEngineVersion,
  checkCgroups,
  checkSeccomp,
  checkAccessControl,
  checkLimits,
  checkUserNamespaces,
  checkEngineRuntime,
  checkImages,
  checkDataDirectory,
  checkDatabase,
  checkFreeSpace,
  checkPort,
  checkUser,
];

/** Judges everything that the facts allow a judgement on, in the order to mend it in. */
export function examine(facts: Facts): readonly Finding[] {
  return checks.map((check) => check(facts)).filter((finding) => finding !== undefined);
}
