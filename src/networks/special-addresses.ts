import { BlockList, isIP } from 'node:net';

/** A range of addresses that is not the public internet. */
export interface SpecialRange {
  /** In CIDR form: `10.0.0.0/8`. */
  readonly range: string;
  readonly what: string;
  /** The document that sets it apart. */
  readonly source: string;
}

/** Ranges of IPv4 that a function with a network never reaches. Source for most: the IANA special-purpose registry (RFC 6890). */
export const specialIpv4: readonly SpecialRange[] = [
  { range: '0.0.0.0/8', what: 'this network', source: 'RFC 791' },
  { range: '10.0.0.0/8', what: 'private', source: 'RFC 1918' },
  { range: '100.64.0.0/10', what: 'shared by a carrier; metadata of some clouds', source: 'RFC 6598' },
  { range: '127.0.0.0/8', what: 'loopback', source: 'RFC 1122' },
  { range: '168.63.129.16/32', what: "a virtual machine's host at Azure", source: 'Azure documentation' },
  { range: '169.254.0.0/16', what: 'link-local; metadata of most clouds', source: 'RFC 3927' },
  { range: '172.16.0.0/12', what: 'private', source: 'RFC 1918' },
  { range: '192.0.0.0/24', what: 'protocol assignments', source: 'RFC 6890' },
  { range: '192.0.2.0/24', what: 'documentation', source: 'RFC 5737' },
  { range: '192.88.99.0/24', what: 'relays from IPv6, given up', source: 'RFC 7526' },
  { range: '192.168.0.0/16', what: 'private', source: 'RFC 1918' },
  { range: '198.18.0.0/15', what: 'measurements', source: 'RFC 2544' },
  { range: '198.51.100.0/24', what: 'documentation', source: 'RFC 5737' },
  { range: '203.0.113.0/24', what: 'documentation', source: 'RFC 5737' },
  { range: '224.0.0.0/4', what: 'multicast', source: 'RFC 5771' },
  { range: '240.0.0.0/4', what: 'reserved, and broadcast', source: 'RFC 1112, RFC 919' },
];

/** The same for IPv6. Ranges that stand for IPv4 addresses are in it whole: what they lead to cannot be told by the address. */
export const specialIpv6: readonly SpecialRange[] = [
  { range: '::/96', what: 'unspecified, loopback, and IPv4-compatible', source: 'RFC 4291' },
  { range: '::ffff:0:0/96', what: 'IPv4-mapped', source: 'RFC 4291' },
  { range: '64:ff9b::/96', what: 'translation to IPv4', source: 'RFC 6052' },
  { range: '64:ff9b:1::/48', what: 'local translation to IPv4', source: 'RFC 8215' },
  { range: '100::/64', what: 'discard', source: 'RFC 6666' },
  { range: '2001::/23', what: 'protocol assignments, tunnels to IPv4 among them', source: 'RFC 2928' },
  { range: '2001:db8::/32', what: 'documentation', source: 'RFC 3849' },
  { range: '2002::/16', what: 'tunnels to IPv4', source: 'RFC 3056' },
  { range: '3fff::/20', what: 'documentation', source: 'RFC 9637' },
  { range: '5f00::/16', what: 'segment routing', source: 'RFC 9602' },
  { range: 'fc00::/7', what: 'private; metadata of some clouds', source: 'RFC 4193' },
  { range: 'fe80::/10', what: 'link-local', source: 'RFC 4291' },
  { range: 'fec0::/10', what: 'site-local, given up', source: 'RFC 3879' },
  { range: 'ff00::/8', what: 'multicast', source: 'RFC 4291' },
];

const special4 = blockList(specialIpv4);
const special6 = blockList(specialIpv6);

/**
 * For whoever is about to connect to an address that a name or a URL led to: whether it is anything but a public address.
 * What is not an address at all counts as special.
 */
export function isSpecialAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return special4.check(address, 'ipv4');
  // A zone (`fe80::1%eth0`) only ever names a link.
  return version !== 6 || address.includes('%') || special6.check(address, 'ipv6');
}

// One for each version: a list of both lets an IPv4 address match rules for the IPv6 addresses that stand for it.
function blockList(ranges: readonly SpecialRange[]): BlockList {
  const list = new BlockList();
  for (const { range } of ranges) {
    const [address = '', prefix = ''] = range.split('/');
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}
