import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../support/containers.ts';
import { deployReach, type EgressRoom, makeEgressRoom, reach } from '../support/egress-room.ts';
import { spawnServer } from '../support/server-process.ts';
import { startServer } from '../support/server.ts';
import { outside } from '../support/small-internet.ts';

const recoveryMs = 20_000;
const tries = { public: ['tcp', outside.public, 8000], special: ['tcp', '10.1.2.3', 8000] } as const;
const asItShouldBe = { public: expect.stringContaining('internet') as string, special: 'ECONNREFUSED' };

let room: EgressRoom;

beforeAll(async () => {
  room = await makeEgressRoom();
});

afterAll(async () => {
  await room[Symbol.asyncDispose]();
});

async function tables(): Promise<readonly string[]> {
  const listed = await room.nft('list', 'tables');
  return listed.split(/\r?\n/).filter((line) => line.includes('sraas_'));
}

/** Resolves with the code of the error that a call ends with; undefined for one that does not. */
async function codeOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

it('makes one network, one gateway and one filter, and leaves none of them behind when it stops', async () => {
  const server = await startServer(room.settings);
  const folder = join(server.dataDirectory, 'egress');
  try {
    expect(await room.networks()).toHaveLength(1);
    expect(await room.gateways()).toHaveLength(1);
    expect(await tables()).toHaveLength(2);
    expect(existsSync(folder)).toBe(true);
  } finally {
    await server.stop();
  }
  expect(await room.networks()).toEqual([]);
  expect(await room.gateways()).toEqual([]);
  expect(await tables()).toEqual([]);
  expect(existsSync(folder)).toBe(false);
});

it('makes none of them, and deploys no function with a network, where the operator does not allow it', async () => {
  await using server = await startServer({ ...room.settings, allowEgress: false });
  expect(await codeOf(deployReach(server, 'f'))).toBe('NETWORK_NOT_ALLOWED');
  expect([await room.networks(), await room.gateways(), await tables()]).toEqual([[], [], []]);
});

it('calls no function with a network that was deployed when the operator still allowed it', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-egress-'));
  try {
    await using before = await startServer({ ...room.settings, dataDirectory });
    await deployReach(before, 'f');
    expect(await reach(before, 'f', tries)).toEqual(asItShouldBe);
    await before.stop();
    await using after = await startServer({ ...room.settings, dataDirectory, allowEgress: false });
    expect(await codeOf(after.client.invoke('f'))).toBe('NETWORK_NOT_ALLOWED');
  } finally {
    await rm(dataDirectory, { recursive: true });
  }
});

it('puts the filter back when somebody removes or changes it, and never shows a function the world without it', async () => {
  await using server = await startServer(room.settings);
  await deployReach(server, 'f', { network: 'egress', isolation: 'fresh' });
  const rules = await filterText();
  for (const deed of [
    ['flush', 'ruleset'],
    ['delete', 'table', 'inet', await tableName()],
    ['delete', 'table', 'bridge', await tableName()],
    ['insert', 'rule', 'inet', await tableName(), 'from_sandbox', 'accept'],
    ['flush', 'chain', 'inet', await tableName(), 'to_host'],
  ]) {
    // The engine's own rules would be gone with ours, and with them every network of it.
    await room.internet.onMachine('sh', '-c', `iptables-save > ${room.engine.runDirectory}/iptables`);
    await room.nft(...deed);
    if (deed[0] === 'flush') await room.internet.onMachine('iptables-restore', `${room.engine.runDirectory}/iptables`);
    const calls = await Promise.all([reach(server, 'f', tries), reach(server, 'f', tries)]);
    for (const results of calls) expect(results['special']).toBe('ECONNREFUSED');
    expect(await filterText()).toBe(rules);
  }
});

it('starts no function with a network while the gateway does not answer, and does again when it does', async () => {
  await using server = await startServer(room.settings);
  await deployReach(server, 'f');
  await deployReach(server, 'hermit', {});
  expect(await reach(server, 'f', tries)).toEqual(asItShouldBe);
  const [gateway = ''] = await room.gateways();
  // Neither this one nor any that would take its place.
  await room.engine.docker.getImage(room.gatewayImage).tag({ repo: 'kept', tag: 'aside' });
  await room.engine.docker.getContainer(gateway).remove({ force: true });
  await room.engine.docker.getImage(room.gatewayImage).remove({ force: true });
  await until(
    async () => (await codeOf(server.client.invoke('f', { event: { tries } }))) === 'EGRESS_UNAVAILABLE',
    recoveryMs,
    'calls are refused, warm sandboxes or not',
  );
  expect((await reach(server, 'hermit', tries))['public']).toBe('ENETUNREACH');
  const [repo = '', tag = ''] = room.gatewayImage.split(':');
  await room.engine.docker.getImage('kept:aside').tag({ repo, tag });
  await until(async () => (await room.gateways()).length === 1, recoveryMs, 'there is a gateway again');
  await until(
    async () => (await codeOf(server.client.invoke('f', { event: { tries } }))) === undefined,
    recoveryMs,
    'calls go through again',
  );
  expect(await reach(server, 'f', tries)).toEqual(asItShouldBe);
});

it('replaces a gateway that is removed, killed or frozen', async () => {
  await using server = await startServer(room.settings);
  await deployReach(server, 'f', { network: 'egress', isolation: 'fresh' });
  for (const deed of ['remove', 'kill', 'pause'] as const) {
    const [before = ''] = await room.gateways();
    const container = room.engine.docker.getContainer(before);
    await (deed === 'remove' ? container.remove({ force: true }) : container[deed]());
    expect(await reach(server, 'f', tries)).toEqual(asItShouldBe);
    const after = await room.gateways();
    expect(after).toHaveLength(1);
    expect(after).not.toEqual([before]);
  }
});

it('makes the network again when somebody removes it', async () => {
  await using server = await startServer(room.settings);
  await deployReach(server, 'f', { network: 'egress', isolation: 'fresh' });
  const [network = ''] = await room.networks();
  await room.engine.docker.getNetwork(network).remove();
  expect(await reach(server, 'f', tries)).toEqual(asItShouldBe);
});

it('uses no network of its own name that is not as it should be', async () => {
  await using server = await startServer(room.settings);
  await deployReach(server, 'f', { network: 'egress', isolation: 'fresh' });
  const [network = ''] = await room.networks();
  const { Labels: labels, Options: options } = (await room.engine.docker.getNetwork(network).inspect()) as {
    Labels: Record<string, string>;
    Options: Record<string, string>;
  };
  await room.engine.docker.getNetwork(network).remove();
  const talkative = { ...options, 'com.docker.network.bridge.enable_icc': 'true' };
  await room.engine.docker.createNetwork({ Name: network, Labels: labels, Options: talkative });
  expect(await codeOf(server.client.invoke('f', { event: { tries } }))).toBe('EGRESS_UNAVAILABLE');
  await room.engine.docker.getNetwork(network).remove();
  expect(await reach(server, 'f', tries)).toEqual(asItShouldBe);
});

it('follows the way out when it becomes another interface, and refuses everything while there is none', async () => {
  await using server = await startServer(room.settings);
  await deployReach(server, 'f', { network: 'egress', isolation: 'fresh' });
  await room.internet.onMachine('ip', 'route', 'del', 'default');
  await room.internet.onMachine('ip', 'route', 'add', '93.184.216.34', 'via', '45.0.0.2');
  expect((await reach(server, 'f', tries))['public']).toBe('ECONNREFUSED');
  await room.internet.onMachine('ip', 'route', 'del', '93.184.216.34');
  await room.internet.onMachine('ip', 'route', 'add', 'default', 'via', '45.0.0.2');
  expect(await reach(server, 'f', tries)).toEqual(asItShouldBe);
});

it('gives two servers on one engine a way out each, and stops one without the other', async () => {
  await using stays = await startServer(room.settings);
  await deployReach(stays, 'f');
  {
    await using goes = await startServer(room.settings);
    await deployReach(goes, 'f');
    expect(await room.networks()).toHaveLength(2);
    expect(await tables()).toHaveLength(4);
    expect(await Promise.all([reach(stays, 'f', tries), reach(goes, 'f', tries)])).toEqual([
      asItShouldBe,
      asItShouldBe,
    ]);
  }
  expect(await room.networks()).toHaveLength(1);
  expect(await room.gateways()).toHaveLength(1);
  expect(await tables()).toHaveLength(2);
  expect(await reach(stays, 'f', tries)).toEqual(asItShouldBe);
});

it('prepares containers with a network only for functions that have one', async () => {
  await using server = await startServer({ ...room.settings, preparedPerKind: 1, maxPrepared: 2 });
  await deployReach(server, 'f', { network: 'egress', isolation: 'fresh' });
  await deployReach(server, 'hermit', { isolation: 'fresh' });
  const [network = ''] = await room.networks();
  const modes = async (): Promise<readonly unknown[]> => {
    const found = await room.engine.docker.listContainers({ filters: { label: ['sraas.managed=sandbox'] } });
    return found.map(({ HostConfig: { NetworkMode: mode } }) => mode).sort();
  };
  await until(
    async () => (await modes()).join() === ['none', network].join(),
    recoveryMs,
    'one of each kind is prepared',
  );
  expect(await reach(server, 'hermit', { ...tries, interfaces: ['interfaces'] })).toMatchObject({ interfaces: ['lo'] });
  expect(await reach(server, 'f', tries)).toEqual(asItShouldBe);
});

it.each([true, false])(
  'after its death leaves a filter behind, which the next start takes away (egress allowed: %s)',
  async (allowEgress) => {
    const dataDirectory = await mkdtemp(join(tmpdir(), 'sraas-egress-'));
    try {
      const flags = ['--engine-host', room.engine.engineHost, '--run-dir', room.engine.runDirectory];
      const dies = await spawnServer(dataDirectory, [
        ...flags,
        '--allow-egress',
        '--egress-resolvers',
        outside.resolver,
      ]);
      await deployReach(dies, 'f');
      expect(await reach(dies, 'f', tries)).toEqual(asItShouldBe);
      await dies.signal('SIGKILL');
      expect(await tables()).toHaveLength(2);
      const [gateway] = await room.gateways();
      {
        await using next = await startServer({ ...room.settings, dataDirectory, allowEgress });
        const sandboxes = await room.engine.docker.listContainers({
          all: true,
          filters: { label: ['sraas.managed=sandbox'] },
        });
        expect(sandboxes).toEqual([]);
        expect(await room.gateways()).not.toContain(gateway);
        expect(await room.networks()).toHaveLength(allowEgress ? 1 : 0);
        expect(await tables()).toHaveLength(allowEgress ? 2 : 0);
        if (allowEgress) expect(await reach(next, 'f', tries)).toEqual(asItShouldBe);
      }
      expect([await room.networks(), await room.gateways(), await tables()]).toEqual([[], [], []]);
    } finally {
      await rm(dataDirectory, { recursive: true });
    }
  },
);

it('does not start where the filter cannot be had, and says why', async () => {
  await room.engine.docker.getImage(room.gatewayImage).tag({ repo: 'kept', tag: 'aside' });
  await room.engine.docker.getImage(room.gatewayImage).remove({ force: true });
  try {
    await expect(startServer(room.settings)).rejects.toThrow('run `npx sraas images build gateway`');
  } finally {
    const [repo = '', tag = ''] = room.gatewayImage.split(':');
    await room.engine.docker.getImage('kept:aside').tag({ repo, tag });
  }
  expect(await room.networks()).toEqual([]);
});

async function tableName(): Promise<string> {
  return /inet (\S+)/.exec((await tables()).join('\n'))?.[1] ?? '';
}

async function filterText(): Promise<string> {
  const table = await tableName();
  const families = ['inet', 'bridge'].map((family) => room.nft('-s', '-t', 'list', 'table', family, table));
  return (await Promise.all(families)).join('\n');
}
