/** How many sandboxes are at what: paused ones are idle too, and are not counted twice; leaving ones are being removed. */
export type SandboxCensus = Readonly<Record<'starting' | 'idle' | 'paused' | 'busy' | 'leaving', number>>;

/** Several pools' as one. */
export function censusOf(each: readonly SandboxCensus[]): SandboxCensus {
  const sum = (state: keyof SandboxCensus): number => each.reduce((total, census) => total + census[state], 0);
  return {
    starting: sum('starting'),
    idle: sum('idle'),
    paused: sum('paused'),
    busy: sum('busy'),
    leaving: sum('leaving'),
  };
}
