import { expect, it } from 'vitest';
import { containerSpec } from '../../../src/sandboxes/container-spec.ts';
import { requireEgress } from '../../../src/sandboxes/egress.ts';
import { defaultPlan, defaultSpec, fieldsThatDiffer } from './plans.ts';

const network = {
  network: 'sraas-egress-1',
  nameServers: ['1.1.1.1', '10.0.0.53'],
  resolverFile: '/data/egress/resolv.conf',
};

it('differs from a sandbox without a network in its network and its name servers, and in nothing else', () => {
  const spec = containerSpec({ ...defaultPlan, network });
  expect([...fieldsThatDiffer(defaultSpec, spec)].sort()).toEqual(['mounts', 'nameServers', 'network']);
  expect(spec).toMatchObject({ network: 'sraas-egress-1', nameServers: ['1.1.1.1', '10.0.0.53'] });
  expect(spec.mounts).toEqual([
    ...defaultSpec.mounts,
    { source: '/data/egress/resolv.conf', target: '/etc/resolv.conf', readOnly: true },
  ]);
});

it('is refused where the operator gives no sandbox a network', () => {
  expect(() => requireEgress(undefined)).toThrow(expect.objectContaining({ code: 'NETWORK_NOT_ALLOWED' }) as Error);
});
