import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { configFromWire, configToWire } from '../../../src/functions/function-config-wire.ts';
import { parseFunctionConfig } from '../../../src/functions/function-config.ts';
import { defaultFunctionPolicy, type FunctionPolicy } from '../../../src/functions/function-policy.ts';

const least = { runtime: 'node24', handler: 'main.handler' };

function parse(members: object = {}, policy: FunctionPolicy = defaultFunctionPolicy) {
  return parseFunctionConfig({ ...least, ...members }, policy);
}

function refusal(document: unknown, policy: FunctionPolicy = defaultFunctionPolicy): SraasError {
  try {
    parseFunctionConfig(document, policy);
  } catch (error) {
    if (error instanceof SraasError) return error;
    throw error;
  }
  throw new Error('the document was accepted');
}

function pointers(members: object, policy?: FunctionPolicy): readonly string[] {
  const error = refusal({ ...least, ...members }, policy);
  expect(error.code).toBe('INVALID_CONFIG');
  return error.violations.map((violation) => violation.pointer);
}

describe('a config that says little', () => {
  it('gets the defaults that users are promised', () => {
    expect(parse()).toEqual({
      runtime: 'node24',
      handler: 'main.handler',
      description: '',
      env: {},
      secrets: {},
      limits: {
        cpus: 0.5,
        memoryMb: 256,
        pids: 64,
        timeoutMs: 10_000,
        tmpMb: 64,
        resultBytes: 6_000_000,
        logBytes: 1_000_000,
      },
      network: 'none',
      isolation: 'warm',
      concurrency: { max: 10, warmMin: 0 },
      async: { maxAttempts: 3, firstDelayMs: 1000, maxAgeMs: 21_600_000 },
      history: 'failures',
      labels: {},
    });
  });

  it('keeps what it says and completes the rest', () => {
    expect(parse({ limits: { memory_mb: 512 } }).limits).toEqual({ ...parse().limits, memoryMb: 512 });
    expect(parse({ concurrency: { warm_min: 2 } }).concurrency).toEqual({ max: 10, warmMin: 2 });
  });

  it('gets a smaller /tmp where the memory is smaller than the default one', () => {
    expect(parse({ limits: { memory_mb: 32 } }).limits.tmpMb).toBe(32);
  });

  it('gets no default beyond what the operator allows', () => {
    const policy = { ...defaultFunctionPolicy, maxMemoryMb: 128, maxCpus: 0.25, maxConcurrency: 3, maxTimeoutMs: 500 };
    const config = parse({}, policy);
    expect(config.limits).toMatchObject({ memoryMb: 128, cpus: 0.25, timeoutMs: 500 });
    expect(config.concurrency.max).toBe(3);
  });
});

describe('limits', () => {
  const ranges = [
    ['cpus', 0.01, defaultFunctionPolicy.maxCpus],
    ['memory_mb', 32, defaultFunctionPolicy.maxMemoryMb],
    ['pids', 16, defaultFunctionPolicy.maxPids],
    ['timeout_ms', 1, defaultFunctionPolicy.maxTimeoutMs],
    ['tmp_mb', 1, defaultFunctionPolicy.maxTmpMb],
    ['result_bytes', 1, defaultFunctionPolicy.maxResultBytes],
    ['log_bytes', 1, defaultFunctionPolicy.maxLogBytes],
  ] as const;
  const roomy = { memory_mb: defaultFunctionPolicy.maxMemoryMb };

  it.each(ranges)('accept %s at both ends of its range, %d and %d', (name, minimum, maximum) => {
    expect(parse({ limits: { ...roomy, [name]: minimum } })).toBeDefined();
    expect(parse({ limits: { ...roomy, [name]: maximum } })).toBeDefined();
  });

  it.each(ranges)('refuse %s just outside its range, %d to %d', (name, minimum, maximum) => {
    const step = name === 'cpus' ? 0.001 : 1;
    expect(pointers({ limits: { ...roomy, [name]: minimum - step } })).toEqual([`/limits/${name}`]);
    expect(pointers({ limits: { ...roomy, [name]: maximum + step } })).toEqual([`/limits/${name}`]);
  });

  const never = [0, -1, 1e30, -1e30, NaN, Infinity, '256mb', '256', 'NaN', null, true, [], {}, [256]];
  it.each(ranges.map(([name]) => name))('refuse %s that is nothing, negative, endless or not a number', (name) => {
    for (const value of never) expect(pointers({ limits: { [name]: value } })).toEqual([`/limits/${name}`]);
  });

  it.each(ranges.map(([name]) => name).filter((name) => name !== 'cpus'))('refuse a fraction of %s', (name) => {
    expect(pointers({ limits: { [name]: 100.5 } })).toEqual([`/limits/${name}`]);
  });

  it('say the whole range in one sentence', () => {
    expect(refusal({ ...least, limits: { memory_mb: '256mb' } }).violations).toEqual([
      { pointer: '/limits/memory_mb', message: 'must be a whole number of at least 32 and at most 4096' },
    ]);
  });

  it('refuse a /tmp larger than the memory it is part of, also against the default', () => {
    expect(parse({ limits: { memory_mb: 64, tmp_mb: 64 } }).limits.tmpMb).toBe(64);
    expect(pointers({ limits: { memory_mb: 64, tmp_mb: 65 } })).toEqual(['/limits/tmp_mb']);
    expect(pointers({ limits: { tmp_mb: 257 } })).toEqual(['/limits/tmp_mb']);
  });

  it('follow the operator who allows more', () => {
    const policy = { ...defaultFunctionPolicy, maxMemoryMb: 100_000 };
    expect(parse({ limits: { memory_mb: 100_000 } }, policy).limits.memoryMb).toBe(100_000);
    expect(pointers({ limits: { memory_mb: 100_001 } }, policy)).toEqual(['/limits/memory_mb']);
  });
});

describe('concurrency', () => {
  it.each([{ max: 1 }, { max: 100 }, { max: 3, warm_min: 3 }])('accepts %j', (concurrency) => {
    expect(parse({ concurrency }).concurrency).toMatchObject({ max: concurrency.max });
  });

  it.each([
    [{ max: 0 }, ['/concurrency/max']],
    [{ max: 101 }, ['/concurrency/max']],
    [{ max: 1.5 }, ['/concurrency/max']],
    [{ warm_min: -1 }, ['/concurrency/warm_min']],
    [{ max: 3, warm_min: 4 }, ['/concurrency/warm_min']],
    [{ warm_min: 11 }, ['/concurrency/warm_min']],
    [{ maximum: 3 }, ['/concurrency/maximum']],
  ])('refuses %j', (concurrency, expected) => {
    expect(pointers({ concurrency })).toEqual(expected);
  });
});

describe('the network', () => {
  it('is none unless the operator allows egress', () => {
    const error = refusal({ ...least, network: 'egress' });
    expect(error.code).toBe('NETWORK_NOT_ALLOWED');
    expect(error.violations.map((violation) => violation.pointer)).toEqual(['/network']);
    expect(parse({ network: 'egress' }, { ...defaultFunctionPolicy, egressAllowed: true }).network).toBe('egress');
  });

  it('is reported with everything else that is wrong', () => {
    expect(pointers({ network: 'egress', limits: { pids: 1 } })).toEqual(['/limits/pids', '/network']);
    expect(pointers({ network: 'egress', limits: { tmp_mb: 300 } })).toEqual(['/limits/tmp_mb', '/network']);
  });

  it.each(['host', 'bridge', 'container:x', '', null, 1])('is never %j', (network) => {
    expect(pointers({ network })).toEqual(['/network']);
  });
});

describe('env', () => {
  it('keeps names and values as they are', () => {
    const env = { A: '', _b: 'x=y\n', NODE_ENV: 'production', PYTHONHASHSEED: '0', toString: 'x', Z9: '😀' };
    expect(parse({ env }).env).toEqual(env);
  });

  it.each([
    ...['PATH', 'HOME', 'TMPDIR', 'NODE_OPTIONS', 'LD_PRELOAD', 'LD_X', 'SRAAS_X', 'PYTHONPATH', 'PYTHONSTARTUP'],
    ...['NODE_CHANNEL_FD', 'constructor', 'prototype', 'A=B', 'A\0', 'A\n', '', '1A', 'A-B', 'A.B', 'é'],
  ])('refuses the name %j', (name) => {
    expect(pointers({ env: { [name]: 'x' } })).toEqual([`/env/${name}`]);
  });

  it.each([1, null, true, ['x'], { a: 'x' }])('refuses the value %j', (value) => {
    expect(pointers({ env: { A: value } })).toEqual(['/env/A']);
  });

  it('refuses NUL and lone surrogates in values', () => {
    expect(pointers({ env: { A: 'x\0y', B: '\ud800', C: 'a\udc00b' } })).toEqual(['/env/A', '/env/B', '/env/C']);
  });

  it('allows values of 32 KiB and no byte more, counted in UTF-8', () => {
    expect(parse({ env: { A: 'x'.repeat(32_768) } }).env['A']).toHaveLength(32_768);
    expect(pointers({ env: { A: 'x'.repeat(32_769) } })).toEqual(['/env/A']);
    expect(pointers({ env: { A: 'é'.repeat(16_385) } })).toEqual(['/env/A']);
  });

  it('allows 128 KiB together and no byte more', () => {
    const quarter = 'x'.repeat(32_767);
    expect(parse({ env: { A: quarter, B: quarter, C: quarter, D: quarter } })).toBeDefined();
    expect(pointers({ env: { A: quarter, B: quarter, C: quarter, DD: quarter } })).toEqual(['/env']);
  });

  it('allows 100 names and no more, and does not answer 10,000 bad ones at full length', () => {
    const names = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`A${i}`, 'x']));
    expect(Object.keys(parse({ env: names(100) }).env)).toHaveLength(100);
    expect(pointers({ env: names(101) })).toEqual(['/env']);
    const hostile = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`LD_${i}`, 'x']));
    expect(pointers({ env: hostile })).toHaveLength(101);
  });
});

describe('labels', () => {
  it('keep short keys and values', () => {
    const labels = { team: 'a', 'example.org/cost-centre': '12 34', A: '' };
    expect(parse({ labels }).labels).toEqual(labels);
  });

  it.each(['', '-a', 'a-', 'a b', 'a\n', 'x'.repeat(64), 'constructor', 'prototype', 'é'])(
    'refuse the key %j',
    (key) => {
      expect(pointers({ labels: { [key]: 'x' } })).toEqual([`/labels/${key}`]);
    },
  );

  it.each(['\n', '\0', 'x'.repeat(129), '<b>', 1, null])('refuse the value %j', (value) => {
    expect(pointers({ labels: { key: value } })).toEqual(['/labels/key']);
  });

  it('are 50 at most', () => {
    const labels = Object.fromEntries(Array.from({ length: 51 }, (_, i) => [`a${i}`, 'x']));
    expect(pointers({ labels })).toEqual(['/labels']);
  });
});

describe('the document', () => {
  it.each([undefined, null, 1, 'text', true, [], [least]])('is an object, not %j', (document) => {
    expect(refusal(document).violations).toEqual([{ pointer: '', message: 'must be a JSON object' }]);
  });

  it('is refused with all that is wrong at once, each with its place', () => {
    const error = refusal({ handler: 1, limits: { memory_mb: 0, swap: 1 }, isolation: 'cold', 'a/b~c': 1, env: [] });
    expect(error.violations).toEqual(
      expect.arrayContaining([
        { pointer: '/runtime', message: 'is required' },
        { pointer: '/handler', message: 'must be a string of at most 512 characters' },
        { pointer: '/limits/memory_mb', message: 'must be a whole number of at least 32 and at most 4096' },
        {
          pointer: '/limits/swap',
          message: 'is not known; known here are cpus, memory_mb, pids, timeout_ms, tmp_mb, result_bytes, log_bytes',
        },
        { pointer: '/isolation', message: 'must be "warm" or "fresh"' },
        { pointer: '/a~1b~0c', message: expect.stringContaining('is not known') as string },
        { pointer: '/env', message: 'must be a JSON object with at most 100 members' },
      ]),
    );
    expect(error.violations).toHaveLength(7);
    expect(error.message).toMatch(/^Correct the function's configuration: .+ \(and 6 more\)\.$/);
  });

  it.each([
    'main',
    '',
    '.',
    'main.',
    '.handler',
    'x'.repeat(511) + '.y',
    'a\0.b',
    'a.b\0',
    'a.\ud800',
    'a.b\n',
    null,
    1,
  ])('refuses the handler %j', (handler) => {
    expect(pointers({ handler })).toEqual(['/handler']);
  });

  it.each(['main.handler', 'src/app.handler', 'pkg.mod.fn', 'src/app.mjs.handler'])(
    'accepts the handler %j',
    (handler) => {
      expect(parse({ handler }).handler).toBe(handler);
    },
  );

  it('has a description of 1,000 characters at most, counted as people count', () => {
    expect(parse({ description: '😀'.repeat(1000) }).description).toHaveLength(2000);
    expect(pointers({ description: 'x'.repeat(1001) })).toEqual(['/description']);
  });

  it.each(['', '/limits', '/env', '/labels', '/concurrency'])(
    'refuses __proto__ at %j and pollutes nothing',
    (place) => {
      const hostile = '{"__proto__":{"polluted":"yes"}}';
      const text = place === '' ? hostile : `{"${place.slice(1)}":${hostile}}`;
      const document: unknown = JSON.parse(text.replace(/^{/, '{"runtime":"node24","handler":"a.b",'));
      const found = refusal(document).violations.map((violation) => violation.pointer);
      expect(found).toContain(`${place}/__proto__`);
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('survives any JSON without a failure of another kind', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('env', 'limits', 'labels', 'concurrency', 'handler', 'x'),
        (value, name) => {
          const outcome = (() => {
            try {
              return parse({ [name]: value });
            } catch (error) {
              return error;
            }
          })();
          if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'INVALID_CONFIG' });
          else expect(outcome).toHaveProperty('limits');
        },
      ),
    );
  });

  it('is the same when converted to the wire and back, with maps in one order', () => {
    const config = parse({ env: { B: '1', A: '2' }, labels: { z: 'z', 10: 'x', 9: 'y' }, description: '\ud800 "\0' });
    expect(configFromWire(configToWire(config))).toEqual(config);
    const shuffled = parse({ env: { A: '2', B: '1' }, labels: { 9: 'y', z: 'z', 10: 'x' }, description: '\ud800 "\0' });
    expect(JSON.stringify(configToWire(shuffled))).toBe(JSON.stringify(configToWire(config)));
  });
});
