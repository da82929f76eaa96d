/** What a gateway wrote down after its last look at the packet filter. */
export interface GatewayReport {
  /** Number of the last question that the look came after. */
  readonly answered: number;
  readonly inPlace: boolean;
  /** How often the filter was found changed or missing, and put back. */
  readonly restored: number;
  /** Interfaces that lead out. */
  readonly uplinks: readonly string[];
  /** Why the filter is not in place, in the words of `nft`; empty when it is. */
  readonly failure: string;
}

/** Undefined for a text that is no report. */
export function parseReport(text: string): GatewayReport | undefined {
  const [answered = '', state, restored = '', uplinks = '', ...failure] = text.split('\n');
  if (!/^\d+$/.test(answered) || !/^\d+$/.test(restored) || (state !== 'in-place' && state !== 'failed'))
    return undefined;
  const found = [...uplinks.matchAll(/"([^"]*)"/g)].map(([, name = '']) => name).filter((name) => name !== 'lo');
  return {
    answered: Number(answered),
    inPlace: state === 'in-place',
    restored: Number(restored),
    uplinks: found,
    failure: failure.join('\n').trim(),
  };
}
