/** One instruction with its continuation lines joined, as an engine's own parser joins them. */
export interface LogicalLine {
  /** 1-based line that it begins on. */
  readonly line: number;
  /** Without the white space around it. */
  readonly text: string;
  /** Whether some line of it ends in several backslashes, which engines of different versions read in different ways. */
  readonly ambiguous: boolean;
}

/**
 * Cuts a Dockerfile into instructions. A backslash before a line's end, white space behind it or not, continues it on the next line;
 * comments and empty lines between do not end it. Source: moby/buildkit, frontend/dockerfile/parser.
 */
export function logicalLines(text: string): readonly LogicalLine[] {
  const found: LogicalLine[] = [];
  let open: { line: number; text: string; ambiguous: boolean } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (isComment(line) || line.trim() === '') continue;
    const continuation = /\\[ \t]*$/.exec(line);
    const part = continuation === null ? line : line.slice(0, continuation.index);
    open ??= { line: index + 1, text: '', ambiguous: false };
    open.text += part;
    open.ambiguous ||= continuation !== null && part.endsWith('\\');
    if (continuation !== null) continue;
    found.push({ ...open, text: open.text.trim() });
    open = undefined;
  }
  if (open !== undefined) found.push({ ...open, text: open.text.trim() });
  return found.filter((logical) => logical.text !== '');
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith('#');
}
