import { createHash } from 'node:crypto';

/** What a deployment is called, and the function that it is here. A function id has one deployment at a time. */
export interface DeploymentName {
  readonly functionId: string;
  /** SHA-256 of the code, in hex. */
  readonly hash: string;
}

/** As a container's name, which it was; labels have as many characters. */
const functionIdPattern = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/;

/** The labels of a function by which its deployment is known again. */
export const deploymentLabels = { functionId: 'scaas/function_id', hash: 'scaas/hash_code' } as const;

export function isFunctionId(text: string): boolean {
  return functionIdPattern.test(text);
}

export function deploymentId({ functionId, hash }: DeploymentName): string {
  return `deployment_${functionId}_${hash}`;
}

/** Undefined for what no deployment is called. */
export function parseDeploymentId(text: string): DeploymentName | undefined {
  const [, functionId, hash] = /^deployment_(.+)_([0-9a-f]{64})$/.exec(text) ?? [];
  return functionId !== undefined && hash !== undefined && isFunctionId(functionId) ? { functionId, hash } : undefined;
}

/** Ids are longer than names of functions may be, and have other characters. */
export function functionNameOf({ functionId }: Pick<DeploymentName, 'functionId'>): string {
  return `scaas-${createHash('sha256').update(functionId).digest('hex').slice(0, 32)}`;
}
