import { isIPv4 } from 'node:net';

/** An operator's list, and what is wrong with its items. */
export interface ParsedList {
  readonly items: readonly string[];
  readonly wrong: readonly string[];
}

/** Reads a comma separated list of IPv4 addresses of name servers. Loopback means the sandbox itself there, so it is wrong. */
export function parseResolvers(text: string): ParsedList {
  return parseList(text, (item) => isIPv4(item) && !item.startsWith('127.') && item !== '0.0.0.0');
}

/** Reads a comma separated list of IPv4 networks, `198.51.100.0/24`, or single addresses. */
export function parseIpv4Networks(text: string): ParsedList {
  return parseList(text, (item) => {
    const [address = '', prefix = '32', ...more] = item.split('/');
    return isIPv4(address) && /^\d{1,2}$/.test(prefix) && Number(prefix) <= 32 && more.length === 0;
  });
}

/** Reads a comma separated list of names of network interfaces. */
export function parseInterfaces(text: string): ParsedList {
  // At most 15 characters, neither white space nor a slash. Source: dev_valid_name in the kernel; quotes are our own rule.
  return parseList(text, (item) => /^[A-Za-z0-9_.@:-]{1,15}$/.test(item));
}

function parseList(text: string, isRight: (item: string) => boolean): ParsedList {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  return { items: [...new Set(items)], wrong: items.filter((item) => !isRight(item)) };
}
