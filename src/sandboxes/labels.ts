import type { FunctionVersion } from '../functions/function.ts';

const managed = 'sraas.managed';
const instance = 'sraas.instance';
const sandbox = 'sraas.sandbox';
const worker = 'sraas.worker';

/** Labels of a sandbox's container. All keys are always set, so that no image can bring its own value for one. */
export function sandboxLabels(
  instanceId: string,
  sandboxId: string,
  version: FunctionVersion | undefined,
  workerNumber = 0,
): Readonly<Record<string, string>> {
  return {
    [managed]: 'sandbox',
    [instance]: instanceId,
    [sandbox]: sandboxId,
    // Empty for the server's own.
    [worker]: workerNumber === 0 ? '' : String(workerNumber),
    'sraas.function': version?.functionName ?? '',
    'sraas.function-id': version?.functionId ?? '',
    'sraas.version': version === undefined ? '' : String(version.number),
  };
}

/** Labels that find all sandboxes of one server and its workers, living or left over. */
export function labelsOfInstance(instanceId: string): Readonly<Record<string, string>> {
  return { [managed]: 'sandbox', [instance]: instanceId };
}

export function sandboxIdOf(labels: Readonly<Record<string, string>>): string | undefined {
  return labels[sandbox];
}

/** The number of the worker whose sandbox it is; 0 for the server itself. */
export function workerOf(labels: Readonly<Record<string, string>>): number {
  return Number(labels[worker] ?? '');
}
