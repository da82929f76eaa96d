import { describe, expect, it } from 'vitest';
import { filterRules, type FilterPlan } from '../../../src/networks/filter-rules.ts';
import { specialIpv4 } from '../../../src/networks/special-addresses.ts';

const plan: FilterPlan = {
  table: 'sraas_abc',
  bridge: 'sraas-abc',
  subnet: '172.20.0.0/16',
  resolvers: ['1.1.1.1', '10.0.0.53'],
  denied: ['198.41.0.0/16', '198.41.1.0/24'],
  maxConnections: 7,
};

/** The rules of one chain, in order. */
function chain(name: string, of: FilterPlan = plan): readonly string[] {
  const body =
    new RegExp(`chain ${name} \\{\\n([^}]*(?:\\{[^}]*\\}[^}]*)*?)\\n {2}\\}`).exec(filterRules(of))?.[1] ?? '';
  return body.split('\n').map((line) => line.trim());
}

function placeOf(rule: RegExp): number {
  return chain('from_sandbox').findIndex((line) => rule.test(line));
}

describe('the packet filter', () => {
  it('replaces what is there under its names, in both families', () => {
    const rules = filterRules(plan);
    for (const family of ['inet', 'bridge']) {
      expect(rules).toContain(
        `table ${family} sraas_abc\ndelete table ${family} sraas_abc\ntable ${family} sraas_abc {`,
      );
    }
  });

  it('refuses whatever comes to the machine itself', () => {
    expect(chain('to_host')).toEqual([
      'type filter hook input priority filter - 10; policy accept;',
      'iifname "sraas-abc" goto refuse',
    ]);
  });

  it('refuses every special range, wherever it leads, once the name servers have been let through', () => {
    const rule = chain('from_sandbox').find((line) => line.includes('169.254.0.0/16')) ?? '';
    for (const { range } of specialIpv4) expect(rule).toContain(range);
    expect(rule).toMatch(/^ip daddr \{ .* \} goto refuse$/);
    expect(placeOf(/10\.0\.0\.53 \. udp \. 53/)).toBeLessThan(placeOf(/169\.254/));
  });

  it('lets nothing through that is not TCP, UDP or an echo request, and refuses at the end what no rule is for', () => {
    expect(chain('from_sandbox').slice(-2)).toEqual([
      'meta l4proto { tcp, udp, icmp } goto within_limits',
      'goto refuse',
    ]);
    expect(chain('within_limits')).toContain('meta l4proto icmp icmp type != echo-request drop');
  });

  it('refuses what was redirected on the way, and what leads back to the bridge or to an interface that is no way out', () => {
    expect(placeOf(/^ct status dnat goto refuse$/)).toBeGreaterThan(0);
    expect(placeOf(/^oifname "sraas-abc" drop$/)).toBeLessThan(placeOf(/daddr/));
    expect(placeOf(/^oifname != \$uplinks goto refuse$/)).toBeLessThan(placeOf(/169\.254/));
  });

  it('names each name server with its port, and none when there is none', () => {
    expect(chain('from_sandbox')).toContain(
      'ip daddr . meta l4proto . th dport { 1.1.1.1 . tcp . 53, 1.1.1.1 . udp . 53, 10.0.0.53 . tcp . 53, 10.0.0.53 . udp . 53 } goto within_limits',
    );
    expect(filterRules({ ...plan, resolvers: [] })).not.toContain('dport');
  });

  it('has a rule for each network that the operator denies, so that they may overlap', () => {
    expect(chain('from_sandbox')).toContain('ip daddr 198.41.0.0/16 goto refuse');
    expect(chain('from_sandbox')).toContain('ip daddr 198.41.1.0/24 goto refuse');
  });

  it('lets nobody begin a connection to a sandbox', () => {
    for (const name of ['through_host', 'from_host']) {
      expect(chain(name)).toContain('oifname "sraas-abc" ct state != { established, related } drop');
    }
  });

  it('keeps sandboxes apart on the bridge itself, and drops addresses that are not theirs', () => {
    expect(chain('between_sandboxes').slice(1)).toEqual([
      'ip saddr 172.20.0.0/16 drop',
      'arp saddr ip 172.20.0.0/16 drop',
    ]);
    expect(chain('arriving')).toContain('iifname "sraas-abc" ip saddr != 172.20.0.0/16 drop');
    expect(chain('arriving')).toContain('iifname "sraas-abc" meta nfproto != ipv4 drop');
  });

  it('limits the connections of each sandbox', () => {
    expect(chain('within_limits')).toContain('add @connections { ip saddr ct count over 7 } goto refuse');
  });
});
