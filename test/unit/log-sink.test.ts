import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { LogSink } from '../../src/log-sink.ts';

/** A reader that takes one line each time that it is told to. */
class SlowReader extends Writable {
  readonly read: string[] = [];
  #next: (() => void) | undefined;

  override _write(line: Buffer, _encoding: string, done: () => void): void {
    this.read.push(line.toString());
    this.#next = done;
  }

  takeNext(): void {
    const next = this.#next;
    this.#next = undefined;
    next?.();
  }
}

describe('FT-37 a log that is not read', () => {
  it('is held up to a bound, then left out, and the number of lines is told when there is room', async () => {
    const reader = new SlowReader();
    const sink = new LogSink(reader);
    const line = `${'x'.repeat(9999)}\n`;
    for (let index = 0; index < 1000; index += 1) sink.write(line);
    expect(reader.writableLength).toBeLessThan(1_020_000);
    const isDrained = new Promise((resolve) => reader.once('drain', resolve));
    while (reader.writableLength > 0) {
      reader.takeNext();
      await new Promise(setImmediate);
    }
    await isDrained;
    sink.write('after\n');
    reader.takeNext();
    const kept = reader.read.filter((text) => text === line).length;
    const told = reader.read.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as object);
    expect(kept).toBeGreaterThan(90);
    expect(told).toMatchObject([{ level: 'warn', dropped: 1000 - kept }]);
  });

  it('ends nothing when its reader goes', async () => {
    const reader = new Writable({
      write: (_line, _encoding, done) => {
        done(new Error('EPIPE'));
      },
    });
    const sink = new LogSink(reader);
    sink.write('one\n');
    await new Promise(setImmediate);
    sink.write('two\n');
    await new Promise(setImmediate);
    expect(reader.destroyed).toBe(true);
  });
});
