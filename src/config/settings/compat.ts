import { choice, count, text } from '../setting.ts';

/** Which APIs of other systems this server speaks as well, and how. */
export const compatSettings = [
  text('compat', '', 'APIs of other systems to serve, comma separated: functron, ranna, tdd-app, scaas, or all'),
  count('functronPort', 8081, [0, 65_535], "Port of functron's API; 0 picks a free one"),
  count('rannaPort', 8082, [0, 65_535], "Port of ranna's API; 0 picks a free one"),
  count('tddAppPort', 8083, [0, 65_535], 'Port of the page of tdd-app; 0 picks a free one'),
  count('scaasPort', 8084, [0, 65_535], "Port of the API of SRaaS's service; 0 picks a free one"),
  choice(
    'compatNetwork',
    'none',
    ['none', 'egress'],
    'Network of programs of these APIs: none; or egress, public addresses only, with --allow-egress',
  ),
  count('rannaTimeoutMs', 20_000, [1, 86_400_000], "Time limit of programs of ranna's API"),
  count('rannaOutputBytes', 1_048_576, [1, 500_000_000], "Most output of a program of ranna's API, of both streams"),
  count('rannaWsBurst', 0, [0, 1_000_000], 'Most programs of a client at once over a WebSocket; 0 for any number'),
  count('rannaWsRefillMs', 30_000, [1, 86_400_000], 'Time after which a client may run one more after its burst'),
  text('rannaTrustedProxies', '', 'Addresses of proxies whose X-Forwarded-For is believed, comma separated'),
  text('tddAppFolder', '', "Folder whose files stand beside the code of tdd-app's programs; empty for none"),
] as const;
