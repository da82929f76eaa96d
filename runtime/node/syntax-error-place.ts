import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { childProcess } from './child-process.ts';

const maxFiles = 20;
const checkTimeoutMs = 2000;
const nameOfInput = '[stdin]';
const relativeImport = /(?:\bfrom|\bimport)\s*\(?\s*(['"])(\.{1,2}\/[^'"]+)\1/g;

/**
 * The lines in which Node shows a syntax error of an ES module: file and line, the code, a mark below it. Node keeps them off
 * the error's stack (seen in 20, 22 and 24) but prints them when it is asked to check a source, so that is what this does, for
 * the module and for what it imports by a relative path. Undefined when the error is not found that way.
 */
export function findSyntaxError(moduleFile: string, message: string): string | undefined {
  const files = [moduleFile];
  for (let index = 0; index < files.length && index < maxFiles; index += 1) {
    const file = files[index] ?? moduleFile;
    const source = readFileSync(file, 'utf8');
    const shown = check(source, message);
    if (shown !== undefined) return shown.replace(nameOfInput, file);
    for (const imported of relativeImports(source, file)) {
      if (!files.includes(imported)) files.push(imported);
    }
  }
  return undefined;
}

function check(source: string, message: string): string | undefined {
  // Asked about a file, Node 20 and 22 judge a .js without a package.json as CommonJS; what comes on stdin is what it is told.
  const { status, stderr } = childProcess().spawnSync(process.execPath, ['--input-type=module', '--check', '-'], {
    encoding: 'utf8',
    input: source,
    stdio: ['pipe', 'ignore', 'pipe'],
    timeout: checkTimeoutMs,
  });
  if (status !== 1) return undefined;
  // A file that is no ES module has other errors here than the one to be told.
  const end = stderr.indexOf(`\nSyntaxError: ${message}\n`);
  return end === -1 ? undefined : stderr.slice(0, end).trimEnd();
}

function relativeImports(source: string, file: string): string[] {
  return [...source.matchAll(relativeImport)].map((match) => resolve(dirname(file), match[2] ?? '')).filter(existsSync);
}
