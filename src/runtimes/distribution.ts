import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDeb822Sources, parseSourcesList, type AptSource } from './apt-sources.ts';

/** A release of Debian or Ubuntu: what a local base is made from. */
export interface Distribution {
  readonly id: 'debian' | 'ubuntu';
  readonly codename: string;
  readonly mirror: string;
  readonly keyring: string;
  /** The mirror's suite and those with its updates, as lines for apt. */
  readonly aptLines: readonly string[];
}

/**
 * Reads which distribution this machine runs and where its packages come from. Third parties' sources don't count, even when
 * they use the same suite name: a base image holds the distribution's own packages only.
 * @returns undefined when this is neither Debian nor Ubuntu, or has no usable source of its packages.
 */
export async function readDistribution(etcDirectory = '/etc'): Promise<Distribution | undefined> {
  const release = await readFile(join(etcDirectory, 'os-release'), 'utf8').catch(() => '');
  return chooseDistribution(release, await readAptSources(join(etcDirectory, 'apt')));
}

/** The pure half of {@link readDistribution}. @param release the text of os-release(5). */
export function chooseDistribution(release: string, sources: readonly AptSource[]): Distribution | undefined {
  const id = releaseField(release, 'ID');
  const codename = releaseField(release, 'VERSION_CODENAME');
  if ((id !== 'debian' && id !== 'ubuntu') || codename === undefined) return undefined;
  const own = sources.filter((source) => isOwn(source, id));
  const main = own.find(({ suite }) => suite === codename);
  if (main === undefined) return undefined;
  const suites = [codename, `${codename}-updates`, `${codename}-security`];
  const lines = own
    .filter(({ suite }) => suites.includes(suite))
    .map(({ uri, suite, components }) => `deb ${uri} ${suite} ${components.join(' ')}`);
  const keyring = main.keyring ?? `/usr/share/keyrings/${id}-archive-keyring.gpg`;
  return { id, codename, mirror: main.uri, keyring, aptLines: [...new Set(lines)] };
}

function isOwn({ uri, components, keyring }: AptSource, id: string): boolean {
  const signedByDistribution = keyring === undefined || keyring.includes(`/${id}-archive`);
  return signedByDistribution && components.includes('main') && /^(https?|ftp|file):/.test(uri);
}

/** Another release of the same distribution, from the same mirrors: its suites are named alike. */
export function otherRelease(distribution: Distribution, codename: string): Distribution {
  if (codename === distribution.codename) return distribution;
  const aptLines = distribution.aptLines.map((line) => {
    const [type = '', uri = '', suite = '', ...components] = line.split(' ');
    return [type, uri, suite.replace(distribution.codename, codename), ...components].join(' ');
  });
  // The machine's own sources may name a keyring of their release alone.
  const keyring = `/usr/share/keyrings/${distribution.id}-archive-keyring.gpg`;
  return { ...distribution, codename, keyring, aptLines };
}

async function readAptSources(aptDirectory: string): Promise<AptSource[]> {
  const folder = join(aptDirectory, 'sources.list.d');
  const names = (await readdir(folder).catch((): string[] => [])).sort();
  const paths = [join(aptDirectory, 'sources.list'), ...names.map((name) => join(folder, name))];
  const sources = await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(path, 'utf8').catch(() => '');
      if (path.endsWith('.list')) return parseSourcesList(text);
      return path.endsWith('.sources') ? parseDeb822Sources(text) : [];
    }),
  );
  return sources.flat();
}

function releaseField(text: string, name: string): string | undefined {
  return new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1];
}
