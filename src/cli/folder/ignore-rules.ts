import { UsageError } from '../usage-error.ts';

/** What never belongs to a function: version control, this tool's own files, and links that only package tools use. */
const alwaysIgnored = ['.git', '.sraas', '.DS_Store', 'node_modules/.bin'];
const ignoredAtTop = ['sraas.json', '.sraasignore'];

export type IgnoreRules = (path: string) => boolean;

/**
 * Makes the test for what a deploy leaves out, files or whole folders, by path with `/` below the deployed folder.
 * @param ignoreFile text of `.sraasignore`: a line is an exact name at any depth, `*.ext`, or a path with a `/` in it;
 *   `#` begins a comment.
 * @throws UsageError for a line of another form, rather than leaving out something else than was meant.
 */
export function ignoreRules(ignoreFile: string): IgnoreRules {
  const names = new Set<string>();
  const paths = new Set<string>(ignoredAtTop);
  const endings: string[] = [];
  const lines = ignoreFile.split(/\r?\n/).map((line) => line.trim());
  for (const [index, line] of [...alwaysIgnored, ...lines].entries()) {
    if (line === '' || line.startsWith('#')) continue;
    const rule = line.replace(/\/$/, '');
    if (/^\*\.[^*?[\]!/]+$/.test(rule)) endings.push(rule.slice(1));
    else if (rule === '' || /[*?[\]!\\]/.test(rule)) {
      throw new UsageError(
        `.sraasignore line ${index + 1 - alwaysIgnored.length}: \`${line}\` is not understood; ` +
          'write an exact name, *.ext, or a path like build/output.',
      );
    } else if (rule.replace(/^\//, '').includes('/') || rule.startsWith('/')) paths.add(rule.replace(/^\//, ''));
    else names.add(rule);
  }
  return (path) => {
    const segments = path.split('/');
    const name = segments.at(-1) ?? '';
    // node_modules/.bin holds links into the packages, at whatever depth a package has packages of its own.
    const tail = segments.slice(-2).join('/');
    return (
      names.has(name) || paths.has(path) || alwaysIgnored.includes(tail) || endings.some((end) => name.endsWith(end))
    );
  };
}
