import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../src/config/config-error.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { operatorPolicy } from '../../../src/platform/operator-policy.ts';

function problems(flags: Readonly<Record<string, string>>): readonly string[] {
  try {
    parseConfig({ flags, environment: {} });
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the settings of networks', () => {
  it('let no function out unless the operator says so', () => {
    const config = parseConfig({ flags: {}, environment: {} });
    expect(operatorPolicy(config).egressAllowed).toBe(false);
    expect(operatorPolicy({ ...config, allowEgress: true }).egressAllowed).toBe(true);
  });

  it('let none out in the strict profile', () => {
    const strict = { profile: 'strict', 'engine-runtime': 'runsc' };
    expect(problems(strict)).toEqual([]);
    expect(problems({ ...strict, 'allow-egress': 'true' })).toEqual([
      '--profile strict gives no function a network: leave --allow-egress out.',
    ]);
  });

  it('name every item of a list that is none, before anything of it reaches a packet filter', () => {
    const lists = {
      'egress-resolvers': '1.1.1.1,127.0.0.1,dns',
      'egress-denied': '10.0.0.0/8 accept',
      'egress-interfaces': 'eth0,"lo"',
    };
    expect(problems(lists)).toEqual([
      '--egress-resolvers: 127.0.0.1 is not an IPv4 address outside of 127.0.0.0/8.',
      '--egress-resolvers: dns is not an IPv4 address outside of 127.0.0.0/8.',
      '--egress-denied: 10.0.0.0/8 accept is not an IPv4 network such as 198.51.100.0/24.',
      '--egress-interfaces: "lo" is not the name of a network interface.',
    ]);
  });
});
