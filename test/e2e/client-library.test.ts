import { execFile } from 'node:child_process';
import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { startServer } from '../support/server.ts';
import { temporaryFolder } from '../unit/cli/temporary-folder.ts';

const run = promisify(execFile);
const project = join(import.meta.dirname, '../..');

it('is imported by a program of somebody else, with its types, and streams what a program writes', async () => {
  await using server = await startServer({});
  const folder = await temporaryFolder({ 'package.json': '{"type":"module"}' });
  await cp(join(project, 'test/fixtures/client-library'), folder, { recursive: true });
  await mkdir(join(folder, 'node_modules/@types'), { recursive: true });
  // As a package manager does it with a folder.
  await symlink(project, join(folder, 'node_modules/sraas'));
  await symlink(join(project, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));

  await run(process.execPath, [join(project, 'node_modules/typescript/bin/tsc'), '-p', folder]);
  const { stdout } = await run(process.execPath, [join(folder, 'main.js'), server.url]);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.slice(0, 3)).toEqual(['version 1: ok 42', 'exit code 0: "one\\ntwo"', 'started']);
  expect(lines.slice(3, -3)).toSatisfy(
    (told: string[]) => told.length > 0 && told.every((line) => line === 'stdout true'),
  );
  expect(lines.slice(-3)).toEqual(['ended', 'FUNCTION_NOT_FOUND', 'undefined']);
});
