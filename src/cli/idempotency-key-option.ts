import { InvalidArgumentError } from 'commander';
import { isIdempotencyKey, type Keyed } from '../client/idempotency-key.ts';
import { EnvironmentOption } from './environment-option.ts';
import type { Printer } from './terminal/printer.ts';

/** `--idempotency-key`: for a command that may be given again, by a script that lost its answer for example. */
export function idempotencyKeyOption(): EnvironmentOption {
  const option = new EnvironmentOption(
    '--idempotency-key <key>',
    'once only: given again with the same key, a UUID for example, it gets the first answer',
  );
  option.argParser(parseKey);
  return option;
}

/** What goes with a request of which this is the key. People are told of a repeat on stderr, which machines read as JSON. */
export function keyedBy({ idempotencyKey }: Keyed, printer: Printer): Keyed {
  return {
    idempotencyKey,
    onRepeat: () => {
      if (!printer.json)
        printer.note('-- not done again: the answer is the one that the first request with this key got');
    },
  };
}

function parseKey(text: string): string {
  if (isIdempotencyKey(text)) return text;
  throw new InvalidArgumentError('It must have 1 to 255 visible ASCII characters, without spaces.');
}
