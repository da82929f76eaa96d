const frameLine = /^\s+at\s/;
const nodeFrame = /^\s+at\s(?:.*\()?node:[a-z_/]+:\d+/;
const anonymousFrame = /^\s+at\s.*\(<anonymous>\)$/;

/**
 * A stack without the frames that say nothing about the user's code: those of the shim, and those of Node that lie below the
 * user's outermost frame. The message is left as it is, whatever it looks like.
 */
export function withoutForeignFrames(stack: string, shimFile: string): string {
  const lines = stack.split('\n');
  const start = firstFrame(lines);
  let end = lines.length;
  while (end > start && isForeign(lines[end - 1] ?? '', shimFile)) end -= 1;
  let text = lines.slice(0, start).join('\n');
  for (let index = start; index < end; index += 1) {
    const line = lines[index] ?? '';
    if (!line.includes(shimFile)) text += `\n${line}`;
  }
  return text;
}

/** The frames at the end of a stack, with the line break before them; empty when there are none. */
export function framesOf(stack: string): string {
  const lines = stack.split('\n');
  const start = firstFrame(lines);
  return start === lines.length ? '' : `\n${lines.slice(start).join('\n')}`;
}

function firstFrame(lines: readonly string[]): number {
  let index = lines.length;
  while (index > 0 && frameLine.test(lines[index - 1] ?? '')) index -= 1;
  return index;
}

function isForeign(line: string, shimFile: string): boolean {
  return line.includes(shimFile) || nodeFrame.test(line) || anonymousFrame.test(line);
}
