import { describe, expect, it } from 'vitest';
import { parseInterfaces, parseIpv4Networks, parseResolvers } from '../../../src/networks/address-lists.ts';
import { egressNames } from '../../../src/networks/egress-names.ts';
import { parseReport } from '../../../src/networks/gateway-report.ts';
import { gatewaySpec } from '../../../src/networks/gateway-spec.ts';

describe('the container that keeps the filter', () => {
  const spec = gatewaySpec({
    name: 'sraas-gateway-1',
    labels: { 'sraas.managed': 'egress' },
    image: 'sha256:cafe',
    action: 'guard',
    table: 'sraas_abc',
    directory: '/data/egress',
    seccompProfile: '{}',
  });

  it('has one capability, one folder of the host, and nothing of a sandbox', () => {
    expect(spec).toMatchObject({
      command: ['/bin/bash', '/usr/local/bin/gateway', 'guard', 'sraas_abc'],
      network: 'host',
      droppedCapabilities: ['ALL'],
      addedCapabilities: ['NET_ADMIN'],
      noNewPrivileges: true,
      readOnlyRoot: true,
      seccompProfile: '{}',
      mounts: [{ source: '/data/egress', target: '/gateway', readOnly: false }],
      ipc: 'none',
      cgroupNamespace: 'private',
    });
  });

  it('is not killed first, nor with the sandboxes, when memory runs out', () => {
    expect(spec).toMatchObject({ cgroupParent: '', oomScoreAdjustment: 0 });
  });
});

describe('the names on the machine', () => {
  it('fit where they go, and are the same for the same server only', () => {
    const names = egressNames('1afedb26-2ee5-450c-8607-785a96d466a2');
    expect(names).toMatchObject({
      network: 'sraas-egress-1afedb262ee5',
      bridge: 'sraas-1afedb262',
      table: 'sraas_1afedb262ee5',
    });
    expect(names.bridge.length).toBeLessThanOrEqual(15);
    expect(egressNames('2afedb26-2ee5-450c-8607-785a96d466a2').bridge).not.toBe(names.bridge);
  });
});

describe('a report', () => {
  it('says what the gateway saw', () => {
    expect(parseReport('7\nin-place\n2\n{ "eth0", "wg0" }\n\n')).toEqual({
      answered: 7,
      inPlace: true,
      restored: 2,
      uplinks: ['eth0', 'wg0'],
      failure: '',
    });
  });

  it('gives the reason of a failure, over several lines', () => {
    expect(parseReport('0\nfailed\n0\n{ "lo" }\nError: no\n  such thing\n')).toMatchObject({
      inPlace: false,
      uplinks: [],
      failure: 'Error: no\n  such thing',
    });
  });

  it.each(['', '\n', 'x\nin-place\n0\n', '1\nin place\n0\n', '1\nin-place\n-1\n', '1'])('is not made of %j', (text) => {
    expect(parseReport(text)).toBeUndefined();
  });
});

describe("the operator's lists", () => {
  it('are comma separated, and name each item once', () => {
    expect(parseResolvers(' 1.1.1.1, 10.0.0.53 ,,1.1.1.1')).toEqual({ items: ['1.1.1.1', '10.0.0.53'], wrong: [] });
    expect(parseResolvers('')).toEqual({ items: [], wrong: [] });
  });

  it.each(['127.0.0.53', '0.0.0.0', '::1', 'dns.test', '1.1.1.1:53', '1.1.1'])('have no name server %s', (item) => {
    expect(parseResolvers(item).wrong).toEqual([item]);
  });

  it.each(['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', 'fd00::/8', '10.0.0.0/8 }', '*'])(
    'have no network %s',
    (item) => {
      expect(parseIpv4Networks(item).wrong).toEqual([item]);
    },
  );

  it('take networks, and single addresses', () => {
    expect(parseIpv4Networks('10.0.0.0/8,1.2.3.4').wrong).toEqual([]);
  });

  it.each(['eth0"', 'eth 0', 'eth0;', 'an-interface-name', '../eth0', 'eth*'])('have no interface %s', (item) => {
    expect(parseInterfaces(item).wrong).toEqual([item]);
  });
});
