import { count, text, toggle } from '../setting.ts';

/** Whether functions may have a network, and what they reach by it. */
export const networkSettings = [
  toggle(
    'allowEgress',
    false,
    'Whether functions may ask for a network that leads to public addresses, and to nothing else',
  ),
  text(
    'egressResolvers',
    '1.1.1.1,8.8.8.8',
    'IPv4 addresses of the name servers of functions with a network, comma separated',
  ),
  text('egressDenied', '', 'More IPv4 networks that functions do not reach, comma separated'),
  text(
    'egressInterfaces',
    '',
    "Network interfaces that lead out, comma separated; empty for those of the engine machine's default routes",
  ),
  count('egressConnections', 512, [1, 10_000], 'Most connections of a sandbox at a time'),
] as const;
