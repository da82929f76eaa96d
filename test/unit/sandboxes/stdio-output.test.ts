import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StdioOutput } from '../../../src/sandboxes/stdio-output.ts';

const graceMs = { answered: 20, gone: 20 };

/** An output whose work has begun, with what its sink was told. */
function begun(output = new StdioOutput(graceMs)): { output: StdioOutput; mark: string; text: () => string } {
  const chunks: Buffer[] = [];
  const mark = output.begin((chunk) => chunks.push(Buffer.from(chunk)));
  return { output, mark, text: () => Buffer.concat(chunks).toString('latin1') };
}

/** Lets it receive a text in chunks of these lengths, over and over, each in memory that is used again. */
function receive(output: StdioOutput, text: string, chunkLengths: readonly number[] = [text.length]): void {
  const memory = Buffer.alloc(text.length);
  let offset = 0;
  for (let index = 0; offset < text.length; index++) {
    const length = Math.max(1, chunkLengths[index % chunkLengths.length] ?? 1);
    const chunk = memory.subarray(0, memory.write(text.slice(offset, offset + length), 'latin1'));
    output.receive(chunk);
    memory.fill('#');
    offset += length;
  }
}

describe('output between marks', () => {
  it('is what lies between the two, however it was cut, and the marks are in nobody’s logs', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 6 });
    // Of few letters, those of marks among them, so that beginnings of marks come up.
    const text = fc.string({ unit: fc.constantFrom('0', '1', 'a', 'f', '\n'), maxLength: 100 });
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        text,
        fc.integer({ min: 0, max: 31 }),
        lengths,
        async (before, mine, after, part, cut) => {
          const { output, mark, text: told } = begun();
          const imitated = `${mine}${mark.slice(0, part)}\n${mine}`;
          receive(output, before + mark + imitated + mark + after, cut);
          expect(await output.end('answered')).toBe(true);
          expect(told()).toBe(imitated);
        },
      ),
    );
  });

  it('is waited for when the answer comes first', async () => {
    const { output, mark, text } = begun(new StdioOutput({ answered: 60_000, gone: 60_000 }));
    const ended = output.end('answered');
    receive(output, `${mark}late${mark}`);
    expect(await ended).toBe(true);
    expect(text()).toBe('late');
  });

  it('is incomplete when the second mark does not come', async () => {
    const { output, mark, text } = begun();
    receive(output, `${mark}half${mark.slice(0, 3)}`);
    expect(await output.end('answered')).toBe(false);
    expect(text()).toBe(`half${mark.slice(0, 3)}`);
  });

  it('is all that came, when the sandbox has gone', async () => {
    const { output, mark, text } = begun();
    receive(output, `${mark}last words${mark.slice(0, 7)}`);
    output.receiveEnd();
    expect(await output.end('gone')).toBe(true);
    expect(text()).toBe(`last words${mark.slice(0, 7)}`);
  });

  it('is incomplete when the sandbox has gone and its output has not ended', async () => {
    const { output, mark } = begun();
    receive(output, `${mark}words${mark}`);
    expect(await output.end('gone')).toBe(false);
  });

  it('cannot be carried on behind the second mark, nor begun before the first', async () => {
    const { output, mark, text } = begun();
    receive(output, `stray ${mark}mine${mark}forged${mark}more${mark}`);
    expect(await output.end('answered')).toBe(true);
    expect(text()).toBe('mine');
  });

  it('has another mark each time, and the last one means nothing any more', async () => {
    const first = begun();
    receive(first.output, first.mark + first.mark);
    await first.output.end('answered');
    const second = begun(first.output);
    expect(second.mark).not.toBe(first.mark);
    receive(second.output, `between ${second.mark}${first.mark}${second.mark}`);
    expect(await second.output.end('answered')).toBe(true);
    expect(second.text()).toBe(first.mark);
  });

  it('ends for whoever waits when it is closed', async () => {
    const { output } = begun(new StdioOutput({ answered: 60_000, gone: 60_000 }));
    const ended = output.end('gone');
    output.close();
    expect(await ended).toBe(true);
  });
});
