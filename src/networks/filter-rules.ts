import { specialIpv4 } from './special-addresses.ts';

/** What the filter of one server has to know. */
export interface FilterPlan {
  /** Name of its tables in the kernel; letters, digits and `_`. */
  readonly table: string;
  /** The bridge that sandboxes with a network are attached to. */
  readonly bridge: string;
  /** Addresses that sandboxes have, in CIDR form. */
  readonly subnet: string;
  /** Name servers, which are reached at port 53 whatever range they are in. */
  readonly resolvers: readonly string[];
  /** Networks that are refused beside the special ones, in CIDR form. */
  readonly denied: readonly string[];
  /** Most connections that a sandbox has at a time. */
  readonly maxConnections: number;
}

/** New connections of one sandbox, and of all together, in a second; and how many may come at once. */
const newPerSecond = { each: { rate: 50, burst: 200 }, all: { rate: 400, burst: 2000 } };

/** Connections of all sandboxes together: a quarter of the 65,536 that most kernels keep track of at least, the host's own among them. */
const mostConnections = 16_384;

/**
 * The packet filter around sandboxes with a network, in the language of `nft -f`. It replaces what is there under the same names,
 * in one step. `$uplinks` is defined by whoever loads it: the interfaces that lead out.
 *
 * Whatever is not let through by name is refused; a packet that another table lets through is still refused here, and one that
 * is let through here may still be refused there. Rules go by the bridge's name, so they hold for a bridge made again, too.
 */
export function filterRules(plan: FilterPlan): string {
  const { table, bridge, subnet } = plan;
  return `table inet ${table}
delete table inet ${table}
table inet ${table} {
  set rates { type ipv4_addr; size 65535; flags dynamic,timeout; timeout 1m; }
  set connections { type ipv4_addr; size 65535; flags dynamic; }

  chain arriving {
    type filter hook prerouting priority raw; policy accept;
    iifname "${bridge}" meta nfproto != ipv4 drop
    iifname "${bridge}" ip saddr != ${subnet} drop
  }

  chain to_host {
    type filter hook input priority filter - 10; policy accept;
    iifname "${bridge}" goto refuse
  }

  chain from_host {
    type filter hook output priority filter - 10; policy accept;
    oifname "${bridge}" ct state != { established, related } drop
  }

  chain through_host {
    type filter hook forward priority filter - 10; policy accept;
    iifname "${bridge}" goto from_sandbox
    oifname "${bridge}" ct state != { established, related } drop
  }

  chain from_sandbox {
    meta nfproto != ipv4 drop
    ip saddr != ${subnet} drop
    oifname "${bridge}" drop
    ct status dnat goto refuse
${resolverRule(plan.resolvers)}    oifname != $uplinks goto refuse
    ip daddr { ${specialIpv4.map(({ range }) => range).join(', ')} } goto refuse
${deniedRule(plan.denied)}    meta l4proto { tcp, udp, icmp } goto within_limits
    goto refuse
  }

  chain within_limits {
    ct state { established, related } accept
    ct state != new drop
    meta l4proto icmp icmp type != echo-request drop
    update @rates { ip saddr limit rate over ${newPerSecond.each.rate}/second burst ${newPerSecond.each.burst} packets } goto refuse
    add @connections { ip saddr ct count over ${plan.maxConnections} } goto refuse
    limit rate over ${newPerSecond.all.rate}/second burst ${newPerSecond.all.burst} packets goto refuse
    ct count over ${mostConnections} goto refuse
    accept
  }

  chain refuse {
    meta l4proto tcp reject with tcp reset
    reject with icmp type admin-prohibited
  }

  chain leaving {
    type nat hook postrouting priority srcnat - 10; policy accept;
    ip saddr ${subnet} oifname != "${bridge}" masquerade
  }
}
table bridge ${table}
delete table bridge ${table}
table bridge ${table} {
  chain between_sandboxes {
    type filter hook forward priority filter - 10; policy accept;
    ip saddr ${subnet} drop
    arp saddr ip ${subnet} drop
  }
}
`;
}

/** Exactly these addresses, at exactly this port: the operator named them. */
function resolverRule(resolvers: readonly string[]): string {
  if (resolvers.length === 0) return '';
  const services = resolvers.flatMap((address) => [`${address} . tcp . 53`, `${address} . udp . 53`]);
  return `    ip daddr . meta l4proto . th dport { ${services.join(', ')} } goto within_limits\n`;
}

function deniedRule(denied: readonly string[]): string {
  // A rule for each: networks that overlap cannot be in one set.
  return denied.map((network) => `    ip daddr ${network} goto refuse\n`).join('');
}
