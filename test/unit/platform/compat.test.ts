import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../../src/config/parse-config.ts';
import { findInstallDirectory } from '../../../src/installation.ts';
import { createLogger } from '../../../src/logger.ts';
import { makeCompat } from '../../../src/platform/compat.ts';
import { languages } from '../compat/pretended-languages.ts';
import { PretendedPrograms } from '../compat/pretended-programs.ts';
import { appParts } from '../compat/served-api.ts';

const freePorts = { 'functron-port': '0', 'ranna-port': '0', 'tdd-app-port': '0', 'scaas-port': '0' };

/** The compatibility APIs as a server makes them, over parts of which none is asked for anything that takes an engine. */
async function listening(flags: Readonly<Record<string, string>>): Promise<Stand> {
  const programs = new PretendedPrograms();
  const closers: (() => Promise<void>)[] = [];
  const surroundings = {
    config: parseConfig({ flags: { ...freePorts, ...flags }, environment: {} }),
    logger: createLogger('error'),
    clock: () => new Date(),
    installDirectory: findInstallDirectory(import.meta.dirname),
    onFailure: (message: string, error: unknown) => {
      throw new Error(message, { cause: error });
    },
    onStop: (close: () => Promise<void>) => closers.push(close),
  };
  const parts = {
    programs,
    languages,
    policy: appParts.policy,
    engine: { info: () => Promise.resolve({ version: '20.10.0' }) },
    diskSpace: { requireRoomFor: () => Promise.resolve() },
  } as unknown as Parameters<typeof makeCompat>[1];
  const servers = makeCompat(surroundings, parts);
  onTestFinished(async () => {
    for (const close of closers) await close();
  });
  return { urls: await servers.listen(), programs };
}

interface Stand {
  readonly urls: Readonly<Record<string, string>>;
  readonly programs: PretendedPrograms;
}

describe('the compatibility APIs of a server', () => {
  it('are none unless they are named', async () => {
    expect((await listening({})).urls).toEqual({});
  });

  it('are those that are named, each on a port of its own', async () => {
    const { urls } = await listening({ compat: 'all' });
    expect(Object.keys(urls)).toEqual(['functron', 'ranna', 'tdd-app', 'scaas']);
    expect(new Set(Object.values(urls)).size).toBe(4);
    const answers = { functron: '/v1/ping', ranna: '/v1/info', 'tdd-app': '/', scaas: '/health' };
    for (const [api, path] of Object.entries(answers)) {
      expect((await fetch(`${urls[api] ?? ''}${path}`)).status, api).toBe(200);
    }
  });

  it('take what the settings say', async () => {
    const flags = { compat: 'ranna', 'ranna-timeout-ms': '7000', 'ranna-output-bytes': '1k', 'allow-egress': 'true' };
    const { urls, programs } = await listening({ ...flags, 'compat-network': 'egress' });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ language: 'py', code: 'print(1)' });
    await fetch(`${urls['ranna'] ?? ''}/v1/exec`, { method: 'POST', headers, body });
    expect(programs.only).toMatchObject({ network: 'egress', limits: { timeoutMs: 7000, resultBytes: 1024 } });
  });
});
