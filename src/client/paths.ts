/** Paths of the API, with the names in them encoded. @param reference a function's name, or one like `name@3` or `name:live`. */
export function functionPath(reference: string): string {
  return `/functions/${encodeURIComponent(reference)}`;
}

export function aliasPath(functionName: string, alias: string): string {
  return `${functionPath(functionName)}/aliases/${encodeURIComponent(alias)}`;
}

export function schedulePath(functionName: string, schedule: string): string {
  return `${functionPath(functionName)}/schedules/${encodeURIComponent(schedule)}`;
}

export function invocationPath(invocationId: string): string {
  return `/invocations/${encodeURIComponent(invocationId)}`;
}

export function deadLetterPath(invocationId: string): string {
  return `/dead-letters/${encodeURIComponent(invocationId)}`;
}

export function runtimePath(name: string): string {
  return `/runtimes/${encodeURIComponent(name)}`;
}

export function secretPath(name: string): string {
  return `/secrets/${encodeURIComponent(name)}`;
}
