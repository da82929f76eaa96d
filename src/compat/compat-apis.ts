/** The APIs of other systems that this server can speak besides its own. */
export const compatApis = ['functron', 'ranna', 'tdd-app', 'scaas'] as const;

export type CompatApi = (typeof compatApis)[number];

/** The APIs that a comma-separated list names, `all` for each of them, and what it names that is none. */
export function parseCompatApis(list: string): {
  readonly apis: ReadonlySet<CompatApi>;
  readonly wrong: readonly string[];
} {
  const names = list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const isApi = (name: string): name is CompatApi => compatApis.some((api) => api === name);
  const apis = names.flatMap((name) => (name === 'all' ? compatApis : isApi(name) ? [name] : []));
  return { apis: new Set(apis), wrong: names.filter((name) => name !== 'all' && !isApi(name)) };
}
