import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  frameNumbers,
  maxErrorTextBytes,
  protocolVersion,
  sandboxPaths,
  shimExitCode,
} from '../../runtime/protocol.ts';

const file = join(import.meta.dirname, '../../runtime/python/sraas_shim/terms.py');
const terms = new Map(
  [...readFileSync(file, 'utf8').matchAll(/^([A-Z_]+) = (.+)$/gm)].map(([, name = '', value = '']) => [
    name,
    value.startsWith('"') ? value.slice(1, -1) : Number(value.replaceAll('_', '')),
  ]),
);

const agreed: readonly (readonly [name: string, value: string | number])[] = [
  ['PROTOCOL_VERSION', protocolVersion],
  ...Object.entries(frameNumbers).map(([name, number]) => [name.toUpperCase(), number] as const),
  ['DIRECTORY', sandboxPaths.directory],
  ['CHANNEL_SOCKET', sandboxPaths.channelSocket],
  ['OUTPUT_FIFO', sandboxPaths.outputFifo],
  ['CODE', sandboxPaths.code],
  ['EXIT_CRASHED', shimExitCode.crashed],
  ['EXIT_PROTOCOL_VIOLATION', shimExitCode.protocolViolation],
  ['EXIT_NO_TRANSPORT', shimExitCode.noTransport],
  ['MAX_ERROR_TEXT_BYTES', maxErrorTextBytes],
];

test.each(agreed)('%s is in the Python shim what it is on the host', (name, value) => {
  expect(terms.get(name)).toBe(value);
});
