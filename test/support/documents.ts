import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findInstallDirectory } from '../../src/installation.ts';

/** The top folder of this project. */
export const projectDirectory: string = findInstallDirectory(import.meta.dirname);

/** Text of a file of this project, by its path below the top folder. */
export function readDocument(path: string): string {
  return readFileSync(join(projectDirectory, path), 'utf8');
}

/** The part of a Markdown text below one heading, up to the next heading of the same level or a higher one. */
export function section(text: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 1;
  const lines = text.split('\n');
  const start = lines.indexOf(heading);
  if (start === -1) throw new Error(`There is no heading ${heading}`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => new RegExp(`^#{1,${level}} `).test(line));
  return rest.slice(0, end === -1 ? rest.length : end).join('\n');
}

/** Cells of all rows of the tables in a Markdown text, without headers. */
export function tableRows(text: string): readonly (readonly string[])[] {
  const lines = text.split('\n');
  return lines
    .filter((line, index) => line.startsWith('|') && !isRule(line) && !isRule(lines[index + 1] ?? ''))
    .map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}

function isRule(line: string): boolean {
  return /^\|[\s:|-]+\|$/.test(line);
}
