import { describe, expect, it } from 'vitest';
import { isSpecialAddress, specialIpv4, specialIpv6 } from '../../../src/networks/special-addresses.ts';

describe('the ranges that are not public', () => {
  it('overlap nowhere, and each names the document that sets it apart', () => {
    const ranges = [...specialIpv4, ...specialIpv6];
    expect(new Set(ranges.map(({ range }) => range)).size).toBe(ranges.length);
    for (const { source, what } of ranges) expect([source, what]).not.toContain('');
    const bounds = specialIpv4.map(({ range }) => boundsOf(range)).sort(([left], [right]) => left - right);
    for (const [index, [first]] of bounds.entries()) expect(first).toBeGreaterThan(bounds[index - 1]?.[1] ?? -1);
  });

  it.each([
    ...['0.0.0.0', '10.0.0.1', '10.255.255.255', '100.64.0.0', '100.127.255.255', '127.0.0.1', '127.255.255.254'],
    ...[
      '169.254.169.254',
      '169.254.170.2',
      '172.16.0.1',
      '172.31.255.255',
      '192.0.0.192',
      '192.168.0.1',
      '198.19.255.255',
    ],
    ...[
      '100.100.100.200',
      '168.63.129.16',
      '192.0.2.1',
      '198.51.100.1',
      '203.0.113.1',
      '224.0.0.1',
      '239.1.1.1',
      '255.255.255.255',
    ],
    ...[
      '::',
      '::1',
      '::127.0.0.1',
      '::ffff:10.0.0.1',
      '::ffff:93.184.216.34',
      '64:ff9b::a00:1',
      '2002:a00:1::',
      '2001::1',
    ],
    ...[
      'fc00::1',
      'fd00:ec2::254',
      'fe80::1',
      'fe80::1%eth0',
      'febf::1',
      'fec0::1',
      'ff02::1',
      '2001:db8::1',
      '100::1',
    ],
    ...['', 'localhost', '2130706433', '0x7f000001', '010.0.0.1', '10.1', '1.1.1.1.', ' 1.1.1.1', '1.1.1.1/8', '[::1]'],
  ])('hold %s', (address) => {
    expect(isSpecialAddress(address)).toBe(true);
  });

  it.each([
    ...[
      '1.1.1.1',
      '8.8.8.8',
      '9.255.255.255',
      '11.0.0.0',
      '100.63.255.255',
      '100.128.0.0',
      '126.255.255.255',
      '128.0.0.1',
    ],
    ...[
      '169.253.255.255',
      '169.255.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.0.1.0',
      '192.167.255.255',
      '192.169.0.0',
    ],
    ...['198.17.255.255', '198.20.0.0', '223.255.255.255', '168.63.129.17', '2606:4700:4700::1111', '2a00::1'],
  ])('do not hold %s', (address) => {
    expect(isSpecialAddress(address)).toBe(false);
  });
});

function boundsOf(range: string): readonly [first: number, last: number] {
  const [address = '', prefix = ''] = range.split('/');
  const first = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  return [first, first + 2 ** (32 - Number(prefix)) - 1];
}
