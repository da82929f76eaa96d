import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { encodeFrame, type Frame, FrameDecoder, sandboxPaths } from '../../runtime/protocol.ts';
import { StdioOutput } from '../../src/sandboxes/stdio-output.ts';
import type { ShimExit, StartShim } from './shim-process.ts';

interface Program {
  readonly program: string;
  readonly arguments: readonly string[];
  /** The folder that the shim takes for the function's. */
  readonly codeDirectory: string;
}

const maxFrameBytes = 1_000_000_000;

/**
 * Starts shims that talk over their standard streams, and stands between one and a host that talks over a socket and a FIFO: it
 * gives the shim marks, and hands on an answer behind the output that lies between them, as the FIFO would have it.
 */
export function overStdio({ program, arguments: given, codeDirectory }: Program): StartShim {
  return (directory) => {
    const child = spawn(program, [...given, '--transport', 'stdio', '--code', codeDirectory], {
      cwd: codeDirectory,
      stdio: 'pipe',
      // A program that signals its shim's group is not to reach the tests.
      detached: true,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    });
    // A shim that has ended takes no more frames; how it ended is what the test looks at.
    child.stdin.on('error', () => undefined);
    const host = connect(join(directory, sandboxPaths.channelSocket));
    host.on('error', () => undefined);
    const output = new StdioOutput({ answered: 20_000, gone: 20_000 });
    child.stderr.on('data', (chunk: Buffer) => {
      output.receive(chunk);
    });
    let kept: Buffer[] = [];
    const handOnOutput = async (): Promise<void> => {
      const chunks = kept;
      kept = [];
      const fifo = await open(join(directory, sandboxPaths.outputFifo), 'w');
      await fifo.writeFile(Buffer.concat(chunks));
      await fifo.close();
    };

    const fromHost = new FrameDecoder({ maxFrameBytes });
    host.on('data', (chunk: Buffer) => {
      for (const frame of fromHost.push(chunk)) {
        if (frame.type === 'program') {
          child.stdin.write(encoded(frame));
          continue;
        }
        const mark = output.begin((piece) => kept.push(Buffer.from(piece)));
        child.stdin.write(encoded({ ...frame, head: { ...frame.head, output_mark: mark } }));
      }
    });
    host.on('close', () => child.stdin.end());

    const fromShim = new FrameDecoder({ maxFrameBytes });
    let handedOn = Promise.resolve();
    child.stdout.on('data', (chunk: Buffer) => {
      for (const told of fromShim.push(chunk)) {
        // What is in a tail is the next chunk's otherwise.
        const frame = { ...told, tail: Buffer.from(told.tail) };
        handedOn = handedOn.then(async () => {
          if (isMarked(frame)) {
            if (!(await output.end('answered'))) throw new Error('The second mark did not come');
            await handOnOutput();
          }
          host.write(encoded(frame));
        });
      }
    });

    const exited = async (): Promise<ShimExit> => {
      const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
      await handedOn;
      output.receiveEnd();
      await handOnOutput();
      return { type: 'exit', code, signal };
    };
    const kill = (): void => {
      child.kill('SIGKILL');
      // What it left behind may hold them open.
      for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    };
    return { exited: exited(), kill };
  };
}

/** What a handler writes lies between marks; what a program writes is in frames of its own. */
function isMarked({ type }: Frame): boolean {
  return type !== 'hello' && type !== 'output' && type !== 'exited';
}

function encoded({ type, head, tail }: Frame): Buffer {
  return encodeFrame(type, head as never, tail);
}
