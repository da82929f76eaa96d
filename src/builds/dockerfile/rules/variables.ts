import { quote } from '../quote.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { literal, words } from '../words.ts';

export const envRule: Rule = ({ text }, context) => {
  const pairs = assignments(text, 'ENV', context);
  for (const [name, value] of pairs) context.scope.define(name, literal(value));
  return [text];
};

/** ARG: several on one line become one line each, which older engines want. BuildKit's own ones get the values it would give. */
export const argRule: Rule = ({ text }, { scope, architecture, refuse }) => {
  const declared = words(text);
  if (declared.length === 0) refuse('needs a name.');
  return declared.map((word) => {
    const [, name = '', , value] = /^([A-Za-z_][A-Za-z0-9_]*)(=([^]*))?$/.exec(word) ?? [];
    if (name === '') refuse(`declares ${quote(word)}; begin a name with a letter, then letters, digits and \`_\`.`);
    const platform = value === undefined ? platformArguments(architecture).get(name) : undefined;
    // Before the first FROM a value is for FROM only, which takes none here.
    if (scope.inStage) scope.define(name, value === undefined ? platform : literal(value));
    return platform === undefined ? word : `${name}=${platform}`;
  });
};

/** LABEL: names that begin with `sraas.` are the platform's, and others' must be readable without doubt. */
export const labelRule: Rule = ({ text }, context) => {
  for (const [name, value] of assignments(text, 'LABEL', context)) {
    const plain = literal(name);
    if (plain === undefined || !/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(plain)) {
      context.refuse(`has the name ${quote(name)}; use letters, digits, \`.\`, \`_\`, \`-\` and \`/\`.`);
    } else if (/^sraas(\.|$)/i.test(plain)) {
      context.refuse(`sets ${quote(plain)}; names that begin with "sraas." are kept for the platform.`);
    }
    if (value.includes("'") && value.includes('\\')) {
      context.refuse(`has a backslash beside single quotes in ${quote(name)}; use double quotes.`);
    }
  }
  return [text];
};

/** `a=1 b="2 3"`, or the older form of a name and the rest of the line. */
function assignments(text: string, keyword: string, { refuse }: RuleContext): readonly (readonly [string, string])[] {
  const found = words(text);
  const [first] = found;
  if (first === undefined) {
    refuse('needs a name and a value.');
    return [];
  }
  if (!first.includes('=')) {
    if (found.length === 1) refuse(`gives ${quote(first)} no value; write \`${keyword} name=value\`.`);
    return [[first, text.slice(first.length).trim()]];
  }
  return found.flatMap((word) => {
    const end = word.indexOf('=');
    if (end > 0) return [[word.slice(0, end), word.slice(end + 1)] as const];
    refuse(`has ${quote(word)} where \`name=value\` should be; put a value with blanks in quotes.`);
    return [];
  });
}

function platformArguments(architecture: string): ReadonlyMap<string, string> {
  return new Map(
    ['BUILD', 'TARGET'].flatMap((of) => [
      [`${of}PLATFORM`, `linux/${architecture}`],
      [`${of}OS`, 'linux'],
      [`${of}ARCH`, architecture],
    ]),
  );
}
