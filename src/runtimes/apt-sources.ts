/** One place that apt fetches packages from. */
export interface AptSource {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** Absolute path of the keyring it is signed with; undefined when the line names none. */
  readonly keyring: string | undefined;
}

/** Reads a file of apt's older format, `sources.list` or `*.list`: a line per source (sources.list(5)). Disabled lines are left out. */
export function parseSourcesList(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const keyring = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    return [{ uri, suite, components: words(components), keyring: keyringPath(keyring) }];
  });
}

/** Reads a file of apt's newer format, `*.sources`: paragraphs of fields (deb822(5)). Disabled paragraphs are left out. */
export function parseDeb822Sources(text: string): AptSource[] {
  return text.split(/\n[ \t]*\n/).flatMap((paragraph) => {
    const fields = deb822Fields(paragraph);
    const enabled = !/^(no|false|off|0|without|disable)$/i.test(fields.get('enabled') ?? 'yes');
    if (!enabled || !words(fields.get('types')).includes('deb')) return [];
    const components = words(fields.get('components'));
    const keyring = keyringPath(fields.get('signed-by'));
    return words(fields.get('uris')).flatMap((uri) =>
      words(fields.get('suites')).map((suite) => ({ uri, suite, components, keyring })),
    );
  });
}

function deb822Fields(paragraph: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name = '';
  for (const line of paragraph.split('\n')) {
    if (line.startsWith('#')) continue;
    const field = /^([A-Za-z][A-Za-z-]*):(.*)$/.exec(line);
    if (field === null) {
      if (/^\s/.test(line)) fields.set(name, `${fields.get(name) ?? ''} ${line.trim()}`);
      continue;
    }
    const [, key = '', value = ''] = field;
    name = key.toLowerCase();
    fields.set(name, value.trim());
  }
  return fields;
}

/** A key may also stand in the source itself, or be named by its fingerprint: neither is a file that debootstrap can read. */
function keyringPath(value: string | undefined): string | undefined {
  return words(value).find((word) => word.startsWith('/'));
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
