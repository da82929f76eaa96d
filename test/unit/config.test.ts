import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settings, type Config } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/config-error.ts';
import { sizeInBytes } from '../../src/config/size.ts';
import { parseConfig, type ConfigSources } from '../../src/config/parse-config.ts';

const parse = (sources: Partial<ConfigSources>): Config => parseConfig({ flags: {}, environment: {}, ...sources });

function problems(sources: Partial<ConfigSources>): readonly string[] {
  try {
    parse(sources);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the defaults', () => {
  it('keep what the contract promises to those who set nothing', () => {
    expect(parse({})).toMatchObject({ host: '127.0.0.1', maxEventBytes: 1_000_000 });
  });

  it('allow every function the limits that it has when it names none', () => {
    const { maxCpus, maxMemoryMb, maxPids, maxTimeoutMs, maxTmpMb, maxResultBytes, maxLogBytes } = parse({});
    expect(maxCpus).toBeGreaterThanOrEqual(0.5);
    expect(maxMemoryMb).toBeGreaterThanOrEqual(256);
    expect(maxPids).toBeGreaterThanOrEqual(64);
    expect(maxTimeoutMs).toBeGreaterThanOrEqual(10_000);
    expect(maxTmpMb).toBeGreaterThanOrEqual(64);
    expect(maxResultBytes).toBeGreaterThanOrEqual(6_000_000);
    expect(maxLogBytes).toBeGreaterThanOrEqual(1_000_000);
  });

  it('are in their own ranges, and in agreement with each other', () => {
    const given = Object.fromEntries(settings.map((setting) => [setting.name, setting.default]));
    expect(parse({ file: given })).toEqual(parse({}));
  });

  it('give sandboxes ids of users that no machine has by itself', () => {
    const { firstUid, lastUid } = parse({});
    expect(firstUid).toBeGreaterThanOrEqual(1000);
    expect(lastUid).toBeLessThan(65_534);
  });
});

describe('the table of settings', () => {
  it.each(['name', 'flag', 'environment'] as const)('has no %s twice', (column) => {
    const values = settings.map((setting) => setting[column]);
    expect(values).toEqual([...new Set(values)]);
  });

  it('derives every variable from its flag, and writes every flag alike', () => {
    for (const { flag, environment } of settings) {
      expect(flag).toMatch(/^[a-z]+(-[a-z]+)*$/);
      expect(environment).toBe(`SRAAS_${flag.toUpperCase().replaceAll('-', '_')}`);
    }
  });

  it('derives every flag from its name, with the usual short form for a directory', () => {
    for (const { name, flag } of settings) {
      const words = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(flag).toBe(words.replace(/-directory$/, '-dir'));
    }
  });

  it('describes every setting', () => {
    for (const { name, description } of settings) expect(description, name).toMatch(/^\w.*[^.]$/);
  });

  it('has exactly the settings that a config has', () => {
    expect(Object.keys(parse({})).toSorted()).toEqual(settings.map(({ name }) => name).toSorted());
  });
});

describe('a setting', () => {
  const flags = { port: '1001' };
  const environment = { SRAAS_PORT: '1002' };
  const file = { port: 1003 };

  it('is taken from its flag, else from its variable, else from the file', () => {
    expect(parse({ flags, environment, file }).port).toBe(1001);
    expect(parse({ environment, file }).port).toBe(1002);
    expect(parse({ file }).port).toBe(1003);
    expect(parse({ flags: { port: undefined }, environment: { SRAAS_PORT: undefined } }).port).toBe(8080);
  });

  it('is taken from each source on its own', () => {
    expect(parse({ flags, environment: { SRAAS_MAX_PIDS: '99' }, file: { maxCpus: 1.5 } })).toMatchObject({
      port: 1001,
      maxPids: 99,
      maxCpus: 1.5,
    });
  });

  it.each(settings.map((setting) => [setting.flag, setting] as const))(
    'can be given in all three ways: %s',
    (_, setting) => {
      const value = setting.default;
      const text = String(value);
      expect(parse({ flags: { [setting.flag]: text } })).toEqual(parse({}));
      expect(parse({ environment: { [setting.environment]: text } })).toEqual(parse({}));
      expect(parse({ file: { [setting.name]: value } })).toEqual(parse({}));
    },
  );

  it('counts as not given when its variable is empty, but not when its flag is', () => {
    expect(parse({ environment: { SRAAS_PORT: '' }, file }).port).toBe(1003);
    expect(problems({ flags: { port: '' } })).toHaveLength(1);
  });

  it('may be at the edges of its range, and nowhere beyond', () => {
    for (const setting of settings) {
      if (setting.type !== 'integer' && setting.type !== 'number') continue;
      const { flag, minimum, maximum } = setting;
      for (const value of [minimum - 1, maximum + 1]) {
        expect(problems({ flags: { [flag]: String(value) } }), `${flag} ${value}`).toEqual([
          expect.stringMatching(new RegExp(`^--${flag}: must be a .*number from ${minimum} to ${maximum}, not '`)),
        ]);
      }
      for (const value of [minimum, maximum]) {
        const ofIts = problems({ flags: { [flag]: String(value) } }).filter((problem) =>
          problem.includes(': must be a'),
        );
        expect(ofIts, `${flag} ${value}`).toEqual([]);
      }
    }
  });

  it.each(['ten', '1.5', '0x10', '1e3', ' 1', '1 ', '+1', '--1', 'Infinity', 'NaN', '1_000', '１'])(
    'is not a whole number as %j',
    (text) => {
      expect(problems({ flags: { port: text } })).toEqual([
        `--port: must be a whole number from 0 to 65535, not '${text}'.`,
      ]);
    },
  );

  it.each([true, null, [80], { port: 80 }, 80.5])('is not a whole number in a file as %j', (value) => {
    expect(problems({ file: { port: value } })).toEqual([
      expect.stringMatching(/^port in the config file: must be a whole number from 0 to 65535, not /),
    ]);
  });

  it.each([5, true, null, ['a']])('is not a text in a file as %j', (value) => {
    expect(problems({ file: { host: value } })).toEqual([
      expect.stringMatching(/^host in the config file: must be text/),
    ]);
  });

  it('may be a fraction where that makes sense', () => {
    expect(parse({ flags: { 'max-cpus': '0.25' } }).maxCpus).toBe(0.25);
  });
});

describe('a size', () => {
  it.each([
    ['50', 50],
    ['50K', 50 * 1024],
    ['50kb', 50 * 1024],
    ['3mB', 3 * 1024 ** 2],
    ['1G', 1024 ** 3],
    ['1tb', 1024 ** 4],
    ['7B', 7],
  ])('R24: may be said as %s', (text, bytes) => {
    expect(sizeInBytes(text)).toBe(bytes);
  });

  it.each(['50E', '50e', 'k', 'K', '', '1pK', '1.5M', '-1M', ' 1M', '1 M', '5bb'])('R24: cannot be %j', (text) => {
    expect(sizeInBytes(text)).toBeUndefined();
  });

  it('R24: may be given to every setting in bytes or mebibytes, and to no other', () => {
    const flags = { 'max-event-bytes': '2M', 'max-memory-mb': '2g' };
    expect(parse({ flags, environment: { SRAAS_MAX_TMP_MB: '64MB' }, file: { maxDeployBytes: '10k' } })).toMatchObject({
      maxEventBytes: 2 * 1024 ** 2,
      maxMemoryMb: 2048,
      maxTmpMb: 64,
      maxDeployBytes: 10_240,
    });
    expect(problems({ flags: { port: '1k', 'max-event-bytes': '50E', 'max-memory-mb': '512k' } })).toEqual([
      "--port: must be a whole number from 0 to 65535, not '1k'.",
      "--max-event-bytes: must be a size such as 50M, or a whole number from 1 to 100000000, not '50E'.",
      "--max-memory-mb: must be a size such as 50M, or a whole number from 32 to 1048576, not '512k'.",
    ]);
  });
});

describe('what is wrong with a config', () => {
  it('is told all at once, each with the place that it came from', () => {
    const found = problems({
      flags: { port: 'x' },
      environment: { SRAAS_MAX_PIDS: '1' },
      file: { maxCpus: 'many', colour: 'red', queuelength: 3 },
    });
    expect(found.map((problem) => problem.split(/[: ]/)[0])).toEqual([
      '--port',
      'maxCpus',
      'SRAAS_MAX_PIDS',
      'colour',
      'queuelength',
    ]);
  });

  it('is that a key of the file is not a setting, whatever it is called', () => {
    const file = JSON.parse('{"max-pids":5,"__proto__":{"port":1},"constructor":1,"HOST":"::1"}') as Record<
      string,
      unknown
    >;
    expect(problems({ file })).toHaveLength(4);
  });

  it('is that there are too few sandboxes for each worker and the server to have one', () => {
    const found = problems({ flags: { workers: '4', 'max-sandboxes': '4' } });
    expect(found).toEqual([expect.stringMatching(/^--workers divides --max-sandboxes/)]);
    expect(problems({ flags: { workers: '1', 'max-sandboxes': '1' } })).toEqual([]);
  });

  it('is in the message of the error as well', () => {
    expect(() => parse({ flags: { port: 'x' } })).toThrow(
      /^--port: must be a whole number from 0 to 65535, not 'x'\.$/,
    );
  });

  it.each(['0.0.0.0', '::', '192.168.1.1', 'example.com', ''])('is that %j is open to others', (host) => {
    expect(problems({ flags: { host } })).toEqual([
      `--host ${host} is not a loopback address, and without access keys anybody who reaches the port could run ` +
        'code: listen on 127.0.0.1, and put a proxy with authentication in front for others.',
    ]);
  });

  it.each(['localhost', '127.0.0.1', '127.3.2.1', '::1'])('is not that %s is closed to others', (host) => {
    expect(parse({ flags: { host } }).host).toBe(host);
  });

  it('is that there are fewer user ids than sandboxes', () => {
    const flags = { 'first-uid': '20000', 'last-uid': '20009', 'max-sandboxes': '11', 'max-prepared': '0' };
    expect(problems({ flags })).toEqual([expect.stringContaining('fewer user ids')]);
    expect(problems({ flags: { ...flags, 'max-sandboxes': '10' } })).toEqual([]);
    expect(problems({ flags: { ...flags, 'max-sandboxes': '10', 'max-prepared': '1' } })).toHaveLength(1);
    expect(problems({ flags: { ...flags, 'last-uid': '19999' } })).toHaveLength(2);
  });

  it('is an address of a database that is none, and is told without what may be a password', () => {
    for (const databaseUrl of ['http://me:geheim@host/db', 'postgres://me:geheim@ho st/db', { geheim: 1 }]) {
      const [problem, ...more] = problems({ file: { databaseUrl } });
      expect(more).toEqual([]);
      expect(problem).toMatch(/^(--database-url: it must|databaseUrl in the config file: must be text)/);
      expect(problem).not.toContain('geheim');
    }
  });

  it('is an unknown log level, and an engine that is elsewhere', () => {
    const flags = { 'log-level': 'loud', 'engine-host': 'tcp://10.0.0.1:2375' };
    expect(problems({ flags })).toEqual([
      expect.stringMatching(/^--log-level: must be error, warn, info or debug/),
      expect.stringMatching(/^--engine-host must be a unix:\/\/ address/),
    ]);
  });
});

describe('the data directory', () => {
  it('may begin with ~ for the home directory', () => {
    expect(parse({ environment: { HOME: '/home/ada' } }).dataDirectory).toBe('/home/ada/.sraas');
    expect(parse({ environment: { HOME: '/home/ada' }, flags: { 'data-dir': '/srv/~/x' } }).dataDirectory).toBe(
      '/srv/~/x',
    );
    expect(parse({ flags: { 'data-dir': './data' } }).dataDirectory).toBe(join(process.cwd(), 'data'));
  });
});
