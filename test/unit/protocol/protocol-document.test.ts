import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  encodeFrame,
  frameNumbers,
  maxErrorTextBytes,
  maxShimFrameBytes,
  maxShimHeadBytes,
  sandboxPaths,
  shimExitCode,
} from '../../../runtime/protocol.ts';

const document = readFileSync(join(import.meta.dirname, '../../../docs/protocol.md'), 'utf8');
const written = (value: number): string => value.toLocaleString('en-US');

describe('docs/protocol.md', () => {
  test('shows a frame as it is encoded', () => {
    const example = /```hex\n([^`]*)```/.exec(document)?.[1] ?? '';
    const hex = [...example.matchAll(/^(?:[\da-f]{2}(?: |$))+/gm)].join('').replaceAll(' ', '');
    const frame = encodeFrame(
      'result',
      { id: 'i1', status: 'ok', duration_ms: 0.5, reusable: true },
      Buffer.from('[1]'),
    );
    expect(hex).toBe(frame.toString('hex'));
  });

  test('numbers the frames as the code does', () => {
    const rows = [...document.matchAll(/^\| (\d+) +\| `(\w+)`/gm)].map(([, number, type]) => [type, Number(number)]);
    expect(Object.fromEntries(rows)).toEqual(frameNumbers);
  });

  test('names the caps, paths and exit codes of the code', () => {
    expect(document).toContain(written(maxErrorTextBytes));
    expect(document).toContain(written(maxShimHeadBytes));
    expect(document).toContain(
      `${written(maxShimFrameBytes(maxErrorTextBytes) - maxErrorTextBytes)} and the larger of`,
    );
    for (const path of [
      sandboxPaths.directory,
      sandboxPaths.code,
      sandboxPaths.channelSocket,
      sandboxPaths.outputFifo,
    ]) {
      expect(document).toContain(`\`${path}\``);
    }
    for (const code of Object.values(shimExitCode)) expect(document).toContain(`exit code ${code}`);
  });
});
