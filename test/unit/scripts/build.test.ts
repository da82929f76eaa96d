import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const checkout = resolve(import.meta.dirname, '../../..');

it('a source that was replaced by an older file is compiled', { timeout: 120_000 }, () => {
  const copy = smallCheckout();
  writeMain(copy, `console.log('newer');`);
  build(copy);
  // As when one version is unpacked over another: files keep the dates at which they were packed.
  writeMain(copy, `console.log('older');`, new Date('2020-01-01'));
  build(copy);
  expect(readFileSync(join(copy, 'dist/src/main.js'), 'utf8')).toContain(`'older'`);
});

/** All that a build reads, but for a product of one file, and a folder of packages of its own. */
function smallCheckout(): string {
  const copy = mkdtempSync(join(tmpdir(), 'sraas-build-'));
  onTestFinished(() => {
    rmSync(copy, { recursive: true });
  });
  for (const path of ['runtime', 'scripts', 'package.json', 'package-lock.json', 'src/tsconfig.json']) {
    cpSync(join(checkout, path), join(copy, path), { recursive: true });
  }
  for (const path of readdirSync(checkout).filter((name) => name.startsWith('tsconfig'))) {
    cpSync(join(checkout, path), join(copy, path));
  }
  const packages = readdirSync(join(checkout, 'node_modules')).filter((name) => !name.startsWith('.'));
  mkdirSync(join(copy, 'node_modules'));
  for (const name of packages) symlinkSync(join(checkout, 'node_modules', name), join(copy, 'node_modules', name));
  return copy;
}

function writeMain(copy: string, text: string, date = new Date()): void {
  const path = join(copy, 'src/main.ts');
  writeFileSync(path, `${text}\n`);
  utimesSync(path, date, date);
}

function build(copy: string): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(copy, 'scripts/build.mjs')], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toMatchObject({ status: 0 });
}
