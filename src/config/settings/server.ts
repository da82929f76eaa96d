import { choice, count, text } from '../setting.ts';

/** Where the server listens, what it keeps, and how it ends. */
export const serverSettings = [
  text('host', '127.0.0.1', 'Address to listen on; loopback only'),
  count('port', 8080, [0, 65_535], 'Port to listen on; 0 picks a free one'),
  count('workers', 1, [1, 64], 'Processes that take calls; with more than 1 the server runs in one more beside them'),
  text('allowedHosts', '', 'More names that the Host header may carry, comma separated'),
  text('allowedOrigins', '', 'Origins of web pages that may call, comma separated'),
  text('dataDirectory', '~/.sraas', 'Folder for functions and their code'),
  text(
    'runDirectory',
    '',
    'Folder for the sockets of live sandboxes; empty for /run/sraas, or one below /tmp when not root',
  ),
  choice(
    'logLevel',
    'info',
    ['error', 'warn', 'info', 'debug'],
    'Least severe level that is logged: error, warn, info or debug',
  ),
  count(
    'nice',
    -10,
    [-20, 19],
    'Scheduling priority of the server; below 0 it takes rights, and is left alone without',
  ),
  count('drainTimeoutMs', 10_000, [0, 900_000], 'Time that calls may still take at shutdown'),
] as const;
