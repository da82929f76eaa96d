import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, createWriteStream, openSync, writeSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OutputPipe } from '../../../src/sandboxes/output-pipe.ts';
import { patience } from '../../support/patience.ts';

let directory: string;
let path: string;
let pipe: OutputPipe;
let writer: number;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sraas-pipe-'));
  path = join(directory, 'output');
  pipe = await OutputPipe.make(path);
  // What a sandbox's processes have as descriptors 1 and 2; it must not block this process, which is the reader as well.
  writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
});
afterEach(async () => {
  pipe.close();
  closeSync(writer);
  await rm(directory, { recursive: true, force: true });
});

/** Begins to collect what arrives. */
function collected(): { text(): string } {
  const chunks: Buffer[] = [];
  pipe.begin((chunk) => chunks.push(Buffer.from(chunk)));
  return { text: () => Buffer.concat(chunks).toString() };
}

describe('the output pipe of a sandbox', () => {
  it('can be written by any user, and read by its owner only', async () => {
    const { mode } = await stat(path);
    expect(mode & 0o777).toBe(0o622);
    expect(mode & constants.S_IFMT).toBe(constants.S_IFIFO);
  });

  it('gives what was written, in order, when the work ends', async () => {
    const output = collected();
    for (const text of ['one ', 'two ', 'three']) writeSync(writer, text);
    await pipe.end('gone');
    expect(output.text()).toBe('one two three');
  });

  it('gives what was written also before the work ends', async () => {
    const output = collected();
    writeSync(writer, 'by itself');
    await vi.waitUntil(() => output.text() === 'by itself', patience);
  });

  it('keeps the order of several writers', async () => {
    const second = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    const output = collected();
    for (const round of ['1', '2', '3']) {
      writeSync(writer, `a${round} `);
      writeSync(second, `b${round} `);
    }
    closeSync(second);
    await pipe.end('gone');
    expect(output.text()).toBe('a1 b1 a2 b2 a3 b3 ');
  });

  it('drops what was written before somebody wanted it', async () => {
    writeSync(writer, 'of the call before');
    const output = collected();
    writeSync(writer, 'mine');
    await pipe.end('gone');
    expect(output.text()).toBe('mine');
  });

  it('drops what is written after nobody wants it any more, and never fills up', async () => {
    const output = collected();
    await pipe.end('gone');
    const other = createWriteStream(path);
    for (let written = 0; written < 4; written++) other.write(Buffer.alloc(65_536, 'x'));
    other.end();
    await once(other, 'finish');
    const next = collected();
    writeSync(writer, 'next');
    await pipe.end('gone');
    expect([output.text(), next.text()]).toEqual(['', 'next']);
  });

  it('gives all that a full pipe holds', async () => {
    const output = collected();
    const full = Buffer.alloc(1_048_576, 'abcdefghi\n');
    const written = writeSync(writer, full);
    expect(written).toBeGreaterThanOrEqual(65_536);
    await pipe.end('gone');
    expect(output.text()).toBe(full.toString('utf8', 0, written));
  });

  it('loses nothing of what is far larger than a pipe', async () => {
    const output = collected();
    const text = Array.from({ length: 40_000 }, (_, index) => `line ${index}\n`).join('');
    const other = createWriteStream(path);
    other.end(text);
    await once(other, 'finish');
    await pipe.end('gone');
    expect(output.text()).toBe(text);
  });

  it('stays open when a writer leaves and another comes', async () => {
    const output = collected();
    for (const text of ['first ', 'second']) {
      const passing = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
      writeSync(passing, text);
      closeSync(passing);
    }
    await pipe.end('gone');
    expect(output.text()).toBe('first second');
  });

  it('gives nothing more once it is closed, and may be ended and closed again', async () => {
    const output = collected();
    writeSync(writer, 'late');
    pipe.close();
    await pipe.end('gone');
    pipe.close();
    expect(output.text()).toBe('');
  });

  it('gives all that was written before an answer that is read by the event loop', async () => {
    const answers = join(directory, 'answers');
    execFileSync('mkfifo', [answers]);
    const channel = new Socket({ fd: openSync(answers, constants.O_RDWR | constants.O_NONBLOCK), writable: false });
    const sandbox = new Worker(writerThenAnswerer, { eval: true, workerData: { path, answers, texts } });
    try {
      const told: string[] = [];
      for (const text of texts) {
        const output = collected();
        sandbox.postMessage('go');
        const wanted = Buffer.byteLength(text);
        await new Promise<void>((resolve, reject) => {
          channel.once('data', () => {
            // As a sandbox does: at once, in the turn in which the answer was read.
            pipe.end('answered').then(() => {
              resolve();
            }, reject);
          });
        });
        told.push(output.text());
        expect(output.text().length).toBe(wanted);
      }
      expect(told).toEqual(texts);
    } finally {
      await sandbox.terminate();
      channel.destroy();
    }
  });
});

/** Of nothing, of little, of all that a pipe holds, and of more than a read takes; often enough for any order of events. */
const texts = Array.from({ length: 300 }, (_, round) => `${round} `.repeat([0, 1, 1, 10_000, 16_000][round % 5] ?? 0));

/** Writes a text and then an answer, each time it is told to, without waiting for anybody: blocking writes, from another thread. */
const writerThenAnswerer = `
  const { openSync, writeSync } = require('node:fs');
  const { parentPort, workerData: { path, answers, texts } } = require('node:worker_threads');
  const output = openSync(path, 'w');
  const channel = openSync(answers, 'w');
  let round = 0;
  parentPort.on('message', () => {
    const bytes = Buffer.from(texts[round++]);
    for (let written = 0; written < bytes.length; ) written += writeSync(output, bytes, written);
    writeSync(channel, 'x');
  });
`;
