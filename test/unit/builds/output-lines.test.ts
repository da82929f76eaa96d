import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputLines } from '../../../src/builds/output-lines.ts';

/** All lines of an output that comes in these pieces. */
function linesOf(...pieces: readonly string[]): readonly string[] {
  const lines = new OutputLines();
  const ended = pieces.flatMap((piece) => lines.add(piece));
  const last = lines.end();
  return last === undefined ? ended : [...ended, last];
}

describe('lines of output', () => {
  it.each([
    [['a\nb\n'], ['a', 'b']],
    [
      ['a', 'b', '\nc'],
      ['ab', 'c'],
    ],
    [['a\r\nb\r\n'], ['a', 'b']],
    [[' 10%\r 50%\r100%\n'], ['100%']],
    [['10%\r', '20%', '\r30%\n'], ['30%']],
    [['\u001B[91mred\u001B[0m\n'], ['red']],
    [['\u001B]0;title\u0007text\n'], ['text']],
    [['a\u0000b\u0007c\u202Ed\u009Be\n'], ['abcde']],
    [['\tindented  \n'], ['\tindented']],
    [['\n\n'], ['', '']],
  ])('%j are %j', (pieces, expected) => {
    expect(linesOf(...pieces)).toEqual(expected);
  });

  it('are cut when they are very long, however they come', () => {
    const [line] = linesOf(...Array.from({ length: 1000 }, () => 'x'.repeat(1000)), '\n');
    expect(line).toBe(`${'x'.repeat(4096)}…`);
  });

  it('never hold a control character but a tab', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (pieces) => {
        for (const line of linesOf(...pieces)) expect(line).toMatch(/^(?:\t|\P{Cc})*$/u);
      }),
    );
  });
});
