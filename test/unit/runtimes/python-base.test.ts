import { describe, expect, it } from 'vitest';
import type { Distribution } from '../../../src/runtimes/distribution.ts';
import { languageBase } from '../../../src/runtimes/language-bases.ts';
import { builtInRuntimes, type Runtime } from '../../../src/runtimes/runtime.ts';

const machine: Distribution = {
  id: 'debian',
  codename: 'bookworm',
  mirror: 'http://a.test/debian',
  keyring: '/usr/share/keyrings/debian-archive-bookworm-stable.gpg',
  aptLines: [
    'deb http://a.test/debian bookworm main contrib',
    'deb http://a.test/debian bookworm-updates main',
    'deb http://b.test/security bookworm-security main',
  ],
};
const runtimeOf = (name: string): Runtime => {
  const runtime = builtInRuntimes.find((each) => each.name === name);
  if (runtime === undefined) throw new Error(`There is no ${name}`);
  return runtime;
};

describe('the root file system of a local base', () => {
  it("is this machine's own release where that has the Python", () => {
    const { distribution, packages } = languageBase('python').root(runtimeOf('python3.11'), machine);
    expect(distribution).toBe(machine);
    expect(packages).toContain('python3');
  });

  it('is another release from the same mirrors where that has the Python, by the keyring of all releases', () => {
    expect(languageBase('python').root(runtimeOf('python3.13'), machine).distribution).toEqual({
      id: 'debian',
      codename: 'trixie',
      mirror: 'http://a.test/debian',
      keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
      aptLines: [
        'deb http://a.test/debian trixie main contrib',
        'deb http://a.test/debian trixie-updates main',
        'deb http://b.test/security trixie-security main',
      ],
    });
  });

  it('is refused with what would help on a distribution that does not have the Python', () => {
    const ubuntu: Distribution = { ...machine, id: 'ubuntu', codename: 'noble' };
    expect(() => languageBase('python').root(runtimeOf('python3.13'), ubuntu)).toThrow(/python3\.13: .*docker load/);
  });

  it('is shared by the runtimes of Node, and has no Python', () => {
    const plans = ['node24', 'node22'].map((name) => languageBase('node').root(runtimeOf(name), machine));
    expect(plans[0]).toEqual(plans[1]);
    expect(plans[0]?.packages).not.toContain('python3');
  });
});
