import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { project } from './project.mjs';

/** Runs a program with its output on ours. Resolves with its exit code; a signal counts as 1. */
export function runVisibly(file, programArguments, environment = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, programArguments, { cwd: project, stdio: 'inherit', env: environment });
    child.once('error', reject);
    child.once('close', (exitCode) => resolve(exitCode ?? 1));
  });
}

/** Runs a program and keeps what it writes, for when it is worth showing. Never rejects: a missing program is exit code 127. */
export function runQuietly(file, programArguments, environment = process.env) {
  return new Promise((resolve) => {
    const child = spawn(file, programArguments, { cwd: project, stdio: ['ignore', 'pipe', 'pipe'], env: environment });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => resolve({ exitCode: 127, output: error.message }));
    child.once('close', (exitCode) => resolve({ exitCode: exitCode ?? 1, output }));
  });
}

/** The path of an installed program; undefined when there is none. Looks where root's programs are, too. */
export function findProgram(name) {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/sbin'];
  return directories
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The end of a program's output, for an error that has to be short. */
export function lastLines(output, count) {
  return output.trimEnd().split('\n').slice(-count).join('\n');
}
