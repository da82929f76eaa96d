import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/containers.ts';
import { deployReach, type EgressRoom, makeEgressRoom, reach } from '../support/egress-room.ts';
import { startPlainContainer } from '../support/plain-container.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { machine, outside, reachFrom } from '../support/small-internet.ts';

type Tries = Readonly<Record<string, readonly unknown[]>>;

const reached = /internet|machine|neighbour|sandbox|answer/;
const servePort = 9900;
const serveMs = 10_000;

let room: EgressRoom;
let server: TestServer;

beforeAll(async () => {
  room = await makeEgressRoom();
  await room.engine.docker.createNetwork({ Name: 'plain', Driver: 'bridge' });
  server = await startServer({ ...room.settings, egressConnections: 40 });
  await deployReach(server, 'attacker');
  await deployReach(server, 'victim', { network: 'egress', isolation: 'fresh' });
  await deployReach(server, 'hermit', {});
});

afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await room[Symbol.asyncDispose]();
});

/** Every way to reach some addresses. */
function everyWay(addresses: readonly string[], port: number): Tries {
  return Object.fromEntries(
    addresses.flatMap((address) => [
      [`tcp ${address}`, ['tcp', address, port]],
      [`udp ${address}`, ['udp', address, port]],
      [`ping ${address}`, ['ping', address]],
    ]),
  );
}

/** The same attempts from a container on a network of the engine's own making. */
async function reachWithoutFilter(tries: Tries): Promise<Record<string, unknown>> {
  await using container = await startPlainContainer(room.engine.docker, 'plain', tries);
  return await container.ended();
}

function thatWorked(results: Record<string, unknown>): readonly string[] {
  return Object.keys(results)
    .filter((name) => reached.test(String(results[name])))
    .sort();
}

/** What every container but ours reaches, and ours does not. */
async function expectRefused(tries: Tries): Promise<void> {
  expect(thatWorked(await reachWithoutFilter(tries))).toEqual(Object.keys(tries).sort());
  const results = await reach(server, 'attacker', tries);
  expect(Object.keys(results).sort()).toEqual(Object.keys(tries).sort());
  expect(thatWorked(results)).toEqual([]);
}

/** A sandbox that answers whoever comes, and tells who came. It serves by the time this resolves: its own loopback shows it. */
async function startVictim(): Promise<{ readonly address: string; came(): Promise<unknown> }> {
  const { docker } = room.engine;
  const call = reach(server, 'victim', { came: ['serve', servePort, serveMs] });
  call.catch(() => undefined);
  const filters = { label: ['sraas.managed=sandbox', 'sraas.function=victim'] };
  let victim: { readonly address: string; readonly processId: number } | undefined;
  const serves = async (): Promise<boolean> => {
    const [found] = await docker.listContainers({ filters });
    if (found === undefined) return false;
    const { NetworkSettings: settings, State: state } = await docker.getContainer(found.Id).inspect();
    victim = { address: Object.values(settings.Networks)[0]?.IPAddress ?? '', processId: state.Pid };
    const tries = { self: ['tcp', '127.0.0.1', servePort] };
    // One of an earlier call may be on its way out.
    const answer: Record<string, unknown> = await reachFrom(victim.processId, tries).catch(() => ({}));
    return answer['self'] === 'sandbox';
  };
  await until(serves, 20_000, 'the victim serves');
  return { address: victim?.address ?? '', came: async () => (await call)['came'] };
}

describe('a function with a network', () => {
  it('reaches public addresses over TCP and UDP, by number and by name, under the address of the machine', async () => {
    const results = await reach(server, 'attacker', {
      tcp: ['tcp', outside.public, 8000],
      udp: ['udp', outside.public, 8000],
      name: ['lookup', '93-184-216-34.test'],
      byName: ['tcp', '93-184-216-34.test', 8000],
      ping: ['ping', outside.public],
    });
    expect(results).toEqual({
      tcp: `internet to ${machine.uplink}`,
      udp: `internet to ${machine.uplink}`,
      name: outside.public,
      byName: `internet to ${machine.uplink}`,
      ping: 'answer',
    });
  });

  it('reaches no special address, though each of them answers to others', async () => {
    await expectRefused(everyWay(outside.special, 8000));
  });

  it('reaches no network that the operator denies', async () => {
    await expectRefused(everyWay([outside.denied], 8000));
  });

  it('reaches a name server of a private network at its port, and nothing else of it', async () => {
    await expectRefused(everyWay([outside.privateResolver], 8000));
    const results = await reach(server, 'attacker', {
      named: ['resolve', outside.privateResolver, '1-2-3-4.test'],
      other: ['resolve', '10.1.2.3', '1-2-3-4.test'],
    });
    expect(results).toEqual({ named: '1.2.3.4', other: expect.not.stringMatching(/^\d/) as string });
  });

  it('does not connect to what a name leads to when that is not public', async () => {
    const results = await reach(server, 'attacker', {
      name: ['lookup', '10-1-2-3.test'],
      byName: ['tcp', '10-1-2-3.test', 8000],
      metadata: ['tcp', '169-254-169-254.test', 8000],
    });
    expect(results).toEqual({ name: '10.1.2.3', byName: 'ECONNREFUSED', metadata: 'ECONNREFUSED' });
  });

  it('reaches the machine by none of its addresses', async () => {
    await expectRefused(everyWay(Object.values(machine), 9000));
    const network = await room.engine.docker.getNetwork((await room.networks())[0] ?? '').inspect();
    const gateway = network.IPAM?.Config?.[0]?.Gateway ?? '';
    expect(gateway).not.toBe('');
    const fromMachine = await room.internet.reachFromMachine({ gateway: ['tcp', gateway, 9000] });
    expect(thatWorked(fromMachine)).toEqual(['gateway']);
    const results = await reach(server, 'attacker', everyWay([gateway, '127.0.0.1'], 9000));
    expect(thatWorked(results)).toEqual(['ping 127.0.0.1']);
  });

  it('reaches no container of others, neither by its address nor by a port that the machine gives it', async () => {
    const serve = { came: ['serve', servePort, serveMs] };
    await using neighbour = await startPlainContainer(room.engine.docker, 'plain', serve, {
      PortBindings: { [`${servePort}/tcp`]: [{ HostPort: '9100' }] },
    });
    const direct = { direct: ['tcp', neighbour.address, servePort] } as const;
    await until(
      async () => thatWorked(await reachWithoutFilter(direct)).length === 1,
      10_000,
      'the neighbour answers its neighbours',
    );
    const results = await reach(server, 'attacker', {
      ...everyWay([neighbour.address], servePort),
      published: ['tcp', machine.uplink, 9100],
      'published elsewhere': ['tcp', machine.second, 9100],
    });
    expect(thatWorked(results)).toEqual([]);
  });

  it.each([
    ['with the engine’s own rules for bridged packets', '1'],
    ['without them', '0'],
  ])('reaches no other sandbox, neither by its address nor by calling to all, %s', async (_what, value) => {
    await room.internet.onMachine('sh', '-c', `echo ${value} > /proc/sys/net/bridge/bridge-nf-call-iptables`);
    const victim = await startVictim();
    const [broadcast] = /^\d+\.\d+/.exec(victim.address) ?? [''];
    const results = await reach(server, 'attacker', {
      ...everyWay([victim.address], servePort),
      everybody: ['shout', '255.255.255.255', servePort],
      'everybody here': ['shout', `${broadcast}.255.255`, servePort],
      'the group': ['shout', '239.1.1.1', servePort],
    });
    expect(thatWorked(results)).toEqual([]);
    expect(await victim.came()).toEqual(['tcp from 127.0.0.1']);
  });

  it('is reached neither by the machine nor by containers of others', async () => {
    const victim = await startVictim();
    const tries = everyWay([victim.address], servePort);
    expect(thatWorked(await room.internet.reachFromMachine(tries))).toEqual([]);
    expect(thatWorked(await reachWithoutFilter(tries))).toEqual([]);
    expect(await victim.came()).toEqual(['tcp from 127.0.0.1']);
  });

  it('has one address of IPv4, none of IPv6, and the name servers that the operator names', async () => {
    const results = await reach(server, 'attacker', {
      interfaces: ['interfaces'],
      families: ['families'],
      resolver: ['file', '/etc/resolv.conf'],
      ipv6: ['file', '/proc/net/if_inet6'],
    });
    expect(results['interfaces']).toEqual(['lo', 'eth0']);
    expect(results['resolver']).toBe(`nameserver ${outside.resolver}\nnameserver ${outside.privateResolver}\n`);
    expect(String(results['ipv6'])).not.toContain('eth0');
  });

  it('is told by the engine’s own name server nothing that the machine knows', async () => {
    const results = await reach(server, 'attacker', {
      outside: ['resolve', '127.0.0.11', '1-2-3-4.test'],
      machine: ['resolve', '127.0.0.11', 'host.docker.internal'],
    });
    expect(results).toEqual({ outside: '1.2.3.4', machine: expect.not.stringMatching(/^\d/) as string });
  });

  it('is told by it of another sandbox that it is there, by a name that says nothing', async () => {
    const victim = await startVictim();
    const results = await reach(server, 'attacker', { name: ['reverse', '127.0.0.11', victim.address] });
    expect(results['name']).toMatch(/^sraas-[0-9a-f]{16}\.sraas-egress-[0-9a-f]{12}$/);
  });

  it('has as many connections at a time as it may, and takes none from another function', async () => {
    const [many, one] = await Promise.all([
      reach(server, 'attacker', { held: ['many', outside.public, 8000, 120] }),
      reach(server, 'victim', { tcp: ['tcp', outside.public, 8000] }),
    ]);
    expect(many['held']).toBeGreaterThan(20);
    expect(many['held']).toBeLessThanOrEqual(40);
    expect(thatWorked(one)).toEqual(['tcp']);
  });
});

it('gives a function that asks for none no network at all', async () => {
  const results = await reach(server, 'hermit', {
    interfaces: ['interfaces'],
    public: ['tcp', outside.public, 8000],
    special: ['tcp', '10.1.2.3', 8000],
    name: ['lookup', '93-184-216-34.test'],
  });
  expect(results).toMatchObject({ interfaces: ['lo'], public: 'ENETUNREACH', special: 'ENETUNREACH' });
  expect(thatWorked(results)).toEqual([]);
});

it('owes all of this to the filter: without it a container on the same network reaches what it should not', async () => {
  const [network = ''] = await room.networks();
  const [gateway = ''] = await room.gateways();
  const tries = { special: ['tcp', '10.1.2.3', 8000], machine: ['tcp', machine.private, 9000] } as const;
  const attempt = async (): Promise<readonly string[]> => {
    await using container = await startPlainContainer(room.engine.docker, network, tries);
    return thatWorked(await container.ended());
  };
  expect(await attempt()).toEqual([]);
  await room.engine.docker.getContainer(gateway).pause();
  await room.nft('flush', 'ruleset');
  // The engine's own rules are gone with ours, and forwarding is refused without them.
  await room.internet.onMachine('iptables', '--policy', 'FORWARD', 'ACCEPT');
  expect(await attempt()).toEqual(['machine', 'special']);
  await room.engine.docker.getContainer(gateway).unpause();
  await until(async () => (await attempt()).length === 0, 20_000, 'the filter is back');
});
