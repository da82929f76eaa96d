import { parseCompatApis } from '../compat/compat-apis.ts';
import { isLoopback } from '../http/loopback.ts';
import { parseInterfaces, parseIpv4Networks, parseResolvers, type ParsedList } from '../networks/address-lists.ts';
import { readDatabaseUrl } from '../store/database-address.ts';
import type { Config } from './config.ts';

/** What is wrong with settings that are each in their range: those that do not go together. */
export function contradictions(config: Config): string[] {
  const problems: string[] = [];
  if (!isLoopback(config.host)) {
    problems.push(
      `--host ${config.host} is not a loopback address, and without access keys anybody who reaches the port could run ` +
        'code: listen on 127.0.0.1, and put a proxy with authentication in front for others.',
    );
  }
  if (config.lastUid < config.firstUid) problems.push('--last-uid must not be below --first-uid.');
  if (config.lastUid - config.firstUid + 1 < config.maxSandboxes + config.maxPrepared) {
    problems.push(
      'There are fewer user ids between --first-uid and --last-uid than --max-sandboxes and --max-prepared need.',
    );
  }
  if (config.workers > 1 && config.maxSandboxes <= config.workers) {
    problems.push(
      '--workers divides --max-sandboxes among them and the server: give it one more than there are workers.',
    );
  }
  if (config.profile === 'strict' && (config.engineRuntime === '' || config.engineRuntime.includes('runc'))) {
    problems.push(
      '--profile strict needs --engine-runtime to name a runtime with a kernel boundary of its own, such as runsc (gVisor) ' +
        'or kata: runc shares the kernel of this machine with its containers.',
    );
  }
  if (!config.engineHost.startsWith('unix://')) {
    problems.push(
      '--engine-host must be a unix:// address: sandboxes talk to this server over sockets on this machine.',
    );
  }
  if (config.databaseUrl !== '') {
    const address = readDatabaseUrl(config.databaseUrl);
    if (typeof address === 'string') problems.push(`--database-url: ${address}`);
  }
  if (config.installNetwork === 'egress' && !config.allowEgress) {
    problems.push('--install-network egress is the network of functions, which takes --allow-egress.');
  }
  if (config.compatNetwork === 'egress' && !config.allowEgress) {
    problems.push('--compat-network egress is the network of functions, which takes --allow-egress.');
  }
  for (const name of parseCompatApis(config.compat).wrong) {
    problems.push(`--compat: ${name} is none of functron, ranna, tdd-app, scaas and all.`);
  }
  if (config.profile === 'strict' && config.allowEgress) {
    problems.push('--profile strict gives no function a network: leave --allow-egress out.');
  }
  problems.push(
    ...wrongItems(
      '--egress-resolvers',
      parseResolvers(config.egressResolvers),
      'an IPv4 address outside of 127.0.0.0/8',
    ),
    ...wrongItems('--egress-denied', parseIpv4Networks(config.egressDenied), 'an IPv4 network such as 198.51.100.0/24'),
    ...wrongItems('--egress-interfaces', parseInterfaces(config.egressInterfaces), 'the name of a network interface'),
  );
  return problems;
}

function wrongItems(flag: string, { wrong }: ParsedList, right: string): string[] {
  return wrong.map((item) => `${flag}: ${item} is not ${right}.`);
}
