import type { FunctionVersion } from '../functions/function.ts';

const managed = 'sraas.managed';
const instance = 'sraas.instance';
const sandbox = 'sraas.sandbox';

/** Labels of a sandbox's container. All keys are always set, so that no image can bring its own value for one. */
export function sandboxLabels(
  instanceId: string,
  sandboxId: string,
  version: FunctionVersion | undefined,
): Readonly<Record<string, string>> {
  return {
    [managed]: 'sandbox',
    [instance]: instanceId,
    [sandbox]: sandboxId,
    'sraas.function': version?.functionName ?? '',
    'sraas.function-id': version?.functionId ?? '',
    'sraas.version': version === undefined ? '' : String(version.number),
  };
}

/** Labels that find all sandboxes of one server, living or left over. */
export function labelsOfInstance(instanceId: string): Readonly<Record<string, string>> {
  return { [managed]: 'sandbox', [instance]: instanceId };
}

export function sandboxIdOf(labels: Readonly<Record<string, string>>): string | undefined {
  return labels[sandbox];
}
