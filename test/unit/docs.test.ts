import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { settings } from '../../src/config/config.ts';
import type { NumberSetting, Setting } from '../../src/config/setting.ts';
import { configToWire } from '../../src/functions/function-config-wire.ts';
import { parseFunctionConfig } from '../../src/functions/function-config.ts';
import { defaultFunctionPolicy, defaultLimits } from '../../src/functions/function-policy.ts';
import type { Outcome } from '../../src/wire/outcome.ts';
import { builtInRuntimes } from '../../src/runtimes/runtime.ts';
import { containerSpec } from '../../src/sandboxes/container-spec.ts';
import { projectDirectory, readDocument, section, tableRows } from '../support/documents.ts';

const documents = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md'],
  ...readdirSync(join(projectDirectory, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** Every outcome there is: the compiler refuses a list that lacks one, or has one too many. */
const outcomes = {
  ok: true,
  handler_error: true,
  load_error: true,
  bad_result: true,
  timeout: true,
  out_of_memory: true,
  output_too_large: true,
  exited: true,
  protocol_violation: true,
} satisfies Record<Outcome, true>;

const withoutTicks = (cell = ''): string => cell.replaceAll('`', '');
const written = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 6 });

describe('docs/configuration.md', () => {
  const rows = tableRows(section(readDocument('docs/configuration.md'), '## Settings of the server'));

  it('has a row for every setting with its names, its default and its range, and no other', () => {
    const shown = rows.map(([environment, flag, name, fallback, range]) => ({
      names: [environment, flag, name].map(withoutTicks),
      default: withoutTicks(fallback),
      range: /^-?[\d.,]+ to [\d.,]+/.exec(range ?? '')?.[0],
    }));
    expect(shown).toEqual(
      settings.map((setting) => ({
        names: [setting.environment, `--${setting.flag}`, setting.name],
        default: writtenDefault(setting),
        range: 'minimum' in setting ? writtenRange(setting) : undefined,
      })),
    );
  });
});

function writtenDefault({ name, default: value }: Setting): string {
  if (value === '') return 'none';
  // A port is a name rather than an amount.
  return typeof value === 'number' && !/port$/i.test(name) ? written(value) : String(value);
}

function writtenRange({ minimum, maximum }: NumberSetting): string {
  return `${written(minimum)} to ${written(maximum)}`;
}

describe('README.md', () => {
  const readme = readDocument('README.md');

  it('has every outcome in its table, and no other', () => {
    const shown = tableRows(section(readme, '## How a call ends')).map(([outcome]) => withoutTicks(outcome));
    expect(shown.sort()).toEqual(Object.keys(outcomes).sort());
  });

  it('has the default of every limit', () => {
    const { limits } = configToWire(
      parseFunctionConfig({ runtime: 'node24', handler: 'main.handler' }, defaultFunctionPolicy),
    );
    expect(Object.keys(limits)).toHaveLength(Object.keys(defaultLimits).length);
    const shown = new Map(
      tableRows(section(readme, '## Limits')).map(([, fallback, setWith]) => [withoutTicks(setWith), fallback]),
    );
    for (const [name, value] of Object.entries<number>({ ...limits }))
      expect(shown.get(`limits.${name}`), name).toBe(written(value));
  });

  it('names every runtime', () => {
    for (const { name } of builtInRuntimes) expect(readme).toContain(`\`${name}\``);
  });
});

describe('docs/http-api.md', () => {
  it('has a heading for every route of the code, and no other', () => {
    const folder = join(projectDirectory, 'src/http/routes');
    const routes = readdirSync(folder).flatMap((file) =>
      [...readDocument(`src/http/routes/${file}`).matchAll(/router\.(get|put|post|delete|patch)\('([^']+)'/g)].map(
        ([, method = '', path = '']) => `## \`${method.toUpperCase()} ${path}\``,
      ),
    );
    const headings = readDocument('docs/http-api.md').match(/^## `[A-Z]+ .*$/gm) ?? [];
    expect([...headings].sort()).toEqual(routes.sort());
  });
});

describe('docs/security.md', () => {
  it('has a row with a reason for every field of the container, and no other', () => {
    const fields = Object.keys(
      containerSpec({
        sandboxId: '',
        labels: {},
        runtime: { name: 'node24', language: 'node', interpreter: '/node' },
        image: '',
        limits: defaultLimits,
        uid: 20_000,
        codeDirectory: '',
        channelDirectory: '',
        shimDirectory: '',
        seccompProfile: '',
        cgroupParent: '',
        engineRuntime: '',
        network: undefined,
      }),
    );
    const rows = tableRows(section(readDocument('docs/security.md'), "## Every field of a sandbox's container"));
    expect(rows.map(([field]) => withoutTicks(field)).sort()).toEqual(fields.sort());
    for (const [field, value] of rows) expect(value, field).not.toBe('');
  });
});

describe.each(documents)('%s', (path) => {
  const text = readDocument(path);

  it('has no dead link', () => {
    const links = [...text.matchAll(/\]\((?!\w+:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, link = '']) => link);
    const dead = links.filter((link) => !existsSync(join(projectDirectory, dirname(path), link)));
    expect(dead).toEqual([]);
  });

  it('names no file of the code that is not there', () => {
    const named = [
      ...text.matchAll(/`((?:src|runtime|test|scripts|images)\/[\w./-]+(?:\.ts|\.mjs|\.json|\.sh|Dockerfile|\/))`/g),
    ].map(([, file = '']) => file);
    expect(named.filter((file) => !existsSync(join(projectDirectory, file)))).toEqual([]);
  });
});
