import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EngineError } from '../../../src/engine/engine-error.ts';
import type { NetworkEngine, RecordedNetwork } from '../../../src/engine/network-engine.ts';
import { egressNames } from '../../../src/networks/egress-names.ts';
import { EgressNetwork } from '../../../src/networks/egress-network.ts';
import type { GatewayReport } from '../../../src/networks/gateway-report.ts';

const names = egressNames('1afedb26-2ee5-450c-8607-785a96d466a2');
const made: RecordedNetwork = {
  id: 'n1',
  name: names.network,
  labels: names.labels,
  bridge: names.bridge,
  subnet: '172.20.0.0/16',
  unexpected: [],
};
const inPlace: GatewayReport = { answered: 1, inPlace: true, restored: 0, uplinks: ['eth0'], failure: '' };

/** Stand-ins that do as they are told, and write down what is asked of them. */
class FakeMachine {
  network: RecordedNetwork | undefined;
  report: GatewayReport | Error = inPlace;
  readonly asked: string[] = [];
  readonly told: string[] = [];

  readonly networks: NetworkEngine = {
    findNetwork: () => Promise.resolve(this.network),
    createNetwork: () => {
      this.asked.push('create');
      this.network = made;
      return Promise.resolve();
    },
    removeNetwork: () => {
      this.asked.push('remove network');
      return Promise.resolve();
    },
  };

  readonly gateway = {
    verify: (rules: string): Promise<GatewayReport> => {
      this.asked.push(`verify ${/saddr != (\S+) drop/.exec(rules)?.[1] ?? ''}`);
      return this.report instanceof Error ? Promise.reject(this.report) : Promise.resolve(this.report);
    },
    exists: () => Promise.resolve(true),
    remove: () => {
      this.asked.push('remove gateway');
      return Promise.resolve();
    },
  };

  open(): EgressNetwork {
    return new EgressNetwork({
      networks: this.networks,
      gateway: this.gateway,
      names,
      resolverFile: '/data/egress/resolv.conf',
      filter: { resolvers: ['1.1.1.1'], denied: [], maxConnections: 7 },
      onSafe: () => this.told.push('safe'),
      onUnsafe: () => this.told.push('unsafe'),
      onRestored: () => this.told.push('restored'),
    });
  }
}

let machine: FakeMachine;

beforeEach(() => {
  machine = new FakeMachine();
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the way out', () => {
  it('gives a network only after the filter around just that network has been seen', async () => {
    expect(await machine.open().attachment()).toEqual({
      network: names.network,
      nameServers: ['1.1.1.1'],
      resolverFile: '/data/egress/resolv.conf',
    });
    expect(machine.asked).toEqual(['create', 'verify 172.20.0.0/16']);
  });

  it('looks anew for each sandbox that starts, and for calls to others when the last look is old', async () => {
    const egress = machine.open();
    await egress.attachment();
    await egress.attachment();
    await egress.confirm();
    expect(machine.asked.filter((each) => each.startsWith('verify'))).toHaveLength(2);
    vi.advanceTimersByTime(4001);
    await egress.confirm();
    expect(machine.asked.filter((each) => each.startsWith('verify'))).toHaveLength(3);
  });

  it('shares one look among those who come while another is under way, and begins it after they came', async () => {
    const egress = machine.open();
    await Promise.all([egress.attachment(), egress.attachment(), egress.attachment(), egress.attachment()]);
    expect(machine.asked.filter((each) => each.startsWith('verify'))).toHaveLength(2);
  });

  it.each<[what: string, report: Error]>([
    ['the gateway reports a failure', new Error('not in place')],
    ['the engine is away', new EngineError('unreachable', 'no engine')],
  ])('is closed, also for sandboxes that run, when %s, and open again afterwards', async (_what, failure) => {
    const egress = machine.open();
    await egress.attachment();
    machine.report = failure;
    await expect(egress.attachment()).rejects.toMatchObject({ code: 'EGRESS_UNAVAILABLE' });
    await expect(egress.confirm()).rejects.toMatchObject({ code: 'EGRESS_UNAVAILABLE' });
    machine.report = inPlace;
    await egress.confirm();
    expect(machine.told).toEqual(['safe', 'unsafe', 'safe']);
  });

  it.each<[what: string, network: Partial<RecordedNetwork>]>([
    ['belongs to another server', { labels: { 'sraas.instance': 'other' } }],
    ['is on another bridge', { bridge: 'docker0' }],
    ['has options of its own', { unexpected: ['Internal'] }],
    ['has no range of addresses', { subnet: '' }],
    ['has a range that is none', { subnet: '10.0.0.0/8 accept' }],
  ])('is closed while a network of its name %s', async (_what, differences) => {
    machine.network = { ...made, ...differences };
    await expect(machine.open().attachment()).rejects.toMatchObject({ code: 'EGRESS_UNAVAILABLE' });
    expect(machine.asked).toEqual([]);
  });

  it('tells when somebody had changed the filter, and not when a new gateway begins to count', async () => {
    const egress = machine.open();
    for (const restored of [0, 2, 2, 0, 1]) {
      machine.report = { ...inPlace, restored };
      await egress.attachment();
    }
    expect(machine.told).toEqual(['safe', 'restored', 'restored']);
  });

  it('is looked after from its opening on, also when that fails, until it is closed', async () => {
    machine.report = new Error('not yet');
    const egress = machine.open();
    await expect(egress.open()).rejects.toThrow();
    machine.report = inPlace;
    await vi.advanceTimersByTimeAsync(2000);
    expect(machine.told).toEqual(['unsafe', 'safe']);
    await egress.close();
    const asked = machine.asked.length;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(machine.asked.slice(-2)).toEqual(['remove network', 'remove gateway']);
    expect(machine.asked).toHaveLength(asked);
    await expect(egress.attachment()).rejects.toMatchObject({ code: 'EGRESS_UNAVAILABLE' });
  });

  it('leaves the filter in place when somebody is still attached to the network', async () => {
    const egress = machine.open();
    await egress.attachment();
    machine.networks.removeNetwork = () => Promise.reject(new EngineError('refused', 'in use'));
    await expect(egress.close()).rejects.toThrow('in use');
    expect(machine.asked).not.toContain('remove gateway');
  });
});
