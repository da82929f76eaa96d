import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { AptSource } from '../../../src/runtimes/apt-sources.ts';
import { chooseDistribution, readDistribution } from '../../../src/runtimes/distribution.ts';

const debian = 'PRETTY_NAME="Debian"\nID=debian\nVERSION_CODENAME=bookworm\n';

function source(uri: string, suite: string, more: Partial<AptSource> = {}): AptSource {
  return { uri, suite, components: ['main'], keyring: undefined, ...more };
}

describe('the distribution of this machine', () => {
  it('has the mirror of its own suite and the lines of its updates', () => {
    const distribution = chooseDistribution(debian, [
      source('http://a.test/debian', 'bookworm'),
      source('http://a.test/debian', 'bookworm-updates'),
      source('http://a.test/security', 'bookworm-security'),
      source('http://a.test/debian', 'bookworm-backports'),
    ]);
    expect(distribution).toEqual({
      id: 'debian',
      codename: 'bookworm',
      mirror: 'http://a.test/debian',
      keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
      aptLines: [
        'deb http://a.test/debian bookworm main',
        'deb http://a.test/debian bookworm-updates main',
        'deb http://a.test/security bookworm-security main',
      ],
    });
  });

  it("is never taken from a third party's source of the same suite", () => {
    const thirdParty = source('http://third.test', 'bookworm', { keyring: '/usr/share/keyrings/third.gpg' });
    const other = source('http://other.test', 'bookworm', { components: ['stable'] });
    expect(chooseDistribution(debian, [thirdParty, other])).toBeUndefined();
    const own = source('http://a.test', 'bookworm', { keyring: '/usr/share/keyrings/debian-archive-keyring.gpg' });
    expect(chooseDistribution(debian, [thirdParty, other, own])?.mirror).toBe('http://a.test');
  });

  it('is unknown on another system, and where the sources are of a kind that debootstrap cannot read', () => {
    expect(chooseDistribution('ID=fedora\nVERSION_CODENAME=x\n', [source('http://a.test', 'x')])).toBeUndefined();
    expect(chooseDistribution('ID=debian\n', [source('http://a.test', 'sid')])).toBeUndefined();
    expect(chooseDistribution(debian, [source('cdrom:[Debian]/', 'bookworm')])).toBeUndefined();
  });

  it('knows Ubuntu by its own keyring', () => {
    const release = 'ID=ubuntu\nID_LIKE=debian\nVERSION_CODENAME=noble\n';
    const keyring = '/usr/share/keyrings/ubuntu-archive-keyring.gpg';
    const found = chooseDistribution(release, [source('http://a.test/ubuntu', 'noble', { keyring })]);
    expect(found).toMatchObject({ id: 'ubuntu', codename: 'noble', keyring });
  });
});

describe('the files of apt', () => {
  let directory = '';
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('are read in both formats, and those with another ending are not', async () => {
    directory = await mkdtemp(join(tmpdir(), 'sraas-etc-'));
    const folder = join(directory, 'apt/sources.list.d');
    await mkdir(folder, { recursive: true });
    await writeFile(join(directory, 'os-release'), debian);
    await writeFile(join(directory, 'apt/sources.list'), 'deb http://list.test bookworm main\n');
    await writeFile(
      join(folder, 'updates.sources'),
      'Types: deb\nURIs: http://new.test\nSuites: bookworm-updates\nComponents: main\n',
    );
    await writeFile(join(folder, 'off.list.disabled'), 'deb http://off.test bookworm-updates main\n');
    expect((await readDistribution(directory))?.aptLines).toEqual([
      'deb http://list.test bookworm main',
      'deb http://new.test bookworm-updates main',
    ]);
  });

  it('may all be missing', async () => {
    directory = await mkdtemp(join(tmpdir(), 'sraas-etc-'));
    expect(await readDistribution(directory)).toBeUndefined();
  });
});
