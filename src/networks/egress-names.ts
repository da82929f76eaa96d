/** What the parts of one server's way out are called on the engine's machine. */
export interface EgressNames {
  readonly network: string;
  /** At most 15 characters. Source: IFNAMSIZ in netdevice(7). */
  readonly bridge: string;
  /** The tables of the packet filter. */
  readonly table: string;
  /** Of the network and of the gateway, by which an earlier run's are found. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Names that no other server has, and that the same server has after a restart. */
export function egressNames(instanceId: string): EgressNames {
  const digits = instanceId.replaceAll(/[^0-9a-f]/g, '');
  return {
    network: `sraas-egress-${digits.slice(0, 12)}`,
    bridge: `sraas-${digits.slice(0, 9)}`,
    table: `sraas_${digits.slice(0, 12)}`,
    labels: { 'sraas.managed': 'egress', 'sraas.instance': instanceId },
  };
}
