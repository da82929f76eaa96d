import { quote } from '../quote.ts';
import type { Rule } from '../rule.ts';
import { leadingFlags } from '../words.ts';
import { jsonWords } from './copy.ts';

/** RUN may run anything, as it is confined; only its flags change how. */
export const runRule: Rule = ({ text }, { refuse }) => {
  const { flags, rest } = leadingFlags(text);
  for (const flag of flags)
    refuse(`has the flag ${quote(flag)}; leave it out, a step runs without mounts and privileges.`);
  if (rest === '') refuse('has no command.');
  return [rest];
};

/** CMD and ENTRYPOINT; an empty list takes away what the base has. */
export const commandRule: Rule = ({ text }, { refuse }) => {
  if (text === '') refuse('has no command; an empty one is `[]`.');
  return [text];
};

export const shellRule: Rule = ({ text }, { refuse }) => {
  if ((jsonWords(text) ?? []).length === 0) refuse('needs a list of texts, `["/bin/bash", "-c"]` for example.');
  return [text];
};

export const userRule: Rule = ({ text }, { refuse }) => {
  if (text === '' || /\s/.test(text)) refuse('needs one name or number.');
  return [text];
};
