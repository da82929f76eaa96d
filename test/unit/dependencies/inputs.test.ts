import { describe, expect, it } from 'vitest';
import { npmInputs } from '../../../src/dependencies/npm-inputs.ts';
import { pipInputs } from '../../../src/dependencies/pip-inputs.ts';
import { uploadOf } from './fixture.ts';

const lock = (packages: object = {}): string => JSON.stringify({ lockfileVersion: 3, packages });

describe('what an install with npm reads', () => {
  it('is its lists alone, whatever the code is', async () => {
    const upload = await uploadOf({ 'package.json': '{}', 'package-lock.json': lock(), 'main.mjs': '' });
    expect(await npmInputs(upload)).toEqual(['package.json', 'package-lock.json']);
  });

  it('includes the settings for npm that came with the code', async () => {
    const upload = await uploadOf({ 'package.json': '{}', 'npm-shrinkwrap.json': lock(), '.npmrc': '' });
    expect(await npmInputs(upload)).toEqual(['package.json', 'npm-shrinkwrap.json', '.npmrc']);
  });

  it.each([
    ['a package is an archive beside the code', { 'package-lock.json': lock({ a: { resolved: 'file:a.tgz' } }) }],
    ['a package is a folder beside the code', { 'package-lock.json': lock({ a: { resolved: 'a', link: true } }) }],
    ['there are workspaces', { 'package.json': '{"workspaces": ["a"]}' }],
    ['the code has an install script of its own', { 'package.json': '{"scripts": {"postinstall": "node x.js"}}' }],
    ['npm would compile the code', { 'binding.gyp': '{}' }],
  ])('may be any file when %s', async (_what, files) => {
    const upload = await uploadOf({ 'package.json': '{}', 'package-lock.json': lock(), ...files });
    expect(await npmInputs(upload)).toBeUndefined();
  });
});

describe('what an install with pip reads', () => {
  it.each([
    'requests==2.32.3',
    'requests',
    'uvicorn[standard] >= 0.30, < 1  # a server',
    'tomli; python_version < "3.11"',
    '--index-url https://packages.test/simple\nrequests',
    'requests==2.32.3 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb',
    '# nothing\n\n',
  ])('is its list alone for %j', async (text) => {
    expect(await pipInputs(await uploadOf({ 'requirements.txt': text }))).toEqual(['requirements.txt']);
  });

  it.each([
    './package',
    '-e .',
    '-r more.txt',
    '--requirement=more.txt',
    '-c constraints.txt',
    '--find-links wheels',
    'greet-1.0-py3-none-any.whl',
    'greet-1.0.tar.gz',
    'greet @ file:///install/app/greet.whl',
    'wheels/greet-1.0-py3-none-any.whl',
  ])('may be any file for %j', async (text) => {
    expect(await pipInputs(await uploadOf({ 'requirements.txt': `requests\n${text}\n` }))).toBeUndefined();
  });

  it('has to be there', async () => {
    await expect(pipInputs(await uploadOf({ 'main.py': '' }))).rejects.toMatchObject({ code: 'INVALID_CONFIG' });
  });
});
