import { describe, expect, it } from 'vitest';
import { parseCompatApis } from '../../../src/compat/compat-apis.ts';
import { ConfigError } from '../../../src/config/config-error.ts';
import { parseConfig } from '../../../src/config/parse-config.ts';

describe('the list of compatibility APIs', () => {
  it.each([
    ['', []],
    ['ranna', ['ranna']],
    [' functron, ranna ,ranna,', ['functron', 'ranna']],
    ['all', ['functron', 'ranna', 'tdd-app', 'scaas']],
  ])('%j means %j', (list, apis) => {
    expect(parseCompatApis(list)).toEqual({ apis: new Set(apis), wrong: [] });
  });

  it('tells what it names that is none', () => {
    expect(parseCompatApis('ranna,lambda')).toEqual({ apis: new Set(['ranna']), wrong: ['lambda'] });
  });
});

describe('the settings of compatibility APIs', () => {
  it('switch none of them on by default', () => {
    expect(parseConfig({ flags: {}, environment: {} })).toMatchObject({ compat: '', compatNetwork: 'none' });
  });

  it.each([
    [{ compat: 'lambda' }, '--compat: lambda is none of'],
    [{ 'compat-network': 'egress' }, 'takes --allow-egress'],
  ])('refuse %j', (flags, reason) => {
    expect(() => parseConfig({ flags, environment: {} })).toThrow(ConfigError);
    expect(() => parseConfig({ flags, environment: {} })).toThrow(reason);
  });
});
