import { InvalidArgumentError } from 'commander';
import { EnvironmentOption } from './environment-option.ts';

/** `--if-match`: a change that is meant for one state only. `sraas show` and `sraas alias show` print the tags. */
export function ifMatchOption(): EnvironmentOption {
  const option = new EnvironmentOption('--if-match <tag>', 'only if this is still its tag, as shown; * for any');
  option.argParser(parseTag);
  return option;
}

/** The condition of options that have one. */
export function conditionOf({ ifMatch }: { readonly ifMatch?: string | undefined }): { readonly ifMatch?: string } {
  return ifMatch === undefined ? {} : { ifMatch };
}

/** With or without its quotes. */
function parseTag(text: string): string {
  const tag = text.replace(/^"(.*)"$/, '$1');
  if (/^[\x21\x23-\x7e]+$/.test(tag)) return tag;
  throw new InvalidArgumentError('It must be a tag, as `sraas show` prints it.');
}
