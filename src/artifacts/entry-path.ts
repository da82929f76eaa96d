import { nameBytes, type ArtifactLimits } from './limits.ts';
import { refusedEntry, tooLarge } from './refusal.ts';

/**
 * The one rule for paths, for every kind of upload. What passes can be joined to a folder and stays inside it, on any file system.
 * Throws `INVALID_ARTIFACT` naming the path, or `ARTIFACT_TOO_LARGE` naming the limit.
 */
export function checkPath(path: string, limits: Pick<ArtifactLimits, 'pathBytes' | 'depth'>): void {
  const reason = pathProblem(path);
  if (reason !== undefined) throw refusedEntry(path, reason);
  if (Buffer.byteLength(path) > limits.pathBytes) throw tooLarge('one path', limits.pathBytes, 'bytes');
  const segments = path.split('/');
  if (segments.length > limits.depth) throw tooLarge('the depth of a path', limits.depth, 'levels');
  if (segments.some((segment) => Buffer.byteLength(segment) > nameBytes))
    throw tooLarge('one name', nameBytes, 'bytes');
}

function pathProblem(path: string): string | undefined {
  if (path === '') return 'has no name; give every file one';
  if (/[\p{Cc}\p{Cs}]/u.test(path)) return 'has a control character or broken UTF-16 in its name; rename it';
  if (path.includes('\\')) return 'has a backslash in its name; use / between folders';
  if (path.startsWith('/')) return 'has an absolute path; make it relative to the function’s folder';
  if (/^[A-Za-z]:/.test(path)) return 'starts with a drive letter; make it relative to the function’s folder';
  for (const segment of path.split('/')) {
    if (segment === '') return 'has an empty folder name in its path; remove the double or last slash';
    if (segment === '.' || segment === '..') return 'has . or .. in its path; write the path without it';
    if (segment.endsWith(' ') || segment.endsWith('.')) return 'has a name that ends in a space or a dot; rename it';
  }
  return undefined;
}
