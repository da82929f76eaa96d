import { posix } from 'node:path';
import { quote } from '../quote.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { leadingFlags } from '../words.ts';

/** COPY takes files of the build context or of an earlier stage, and of nothing else. */
export const copyRule: Rule = ({ text, line }, context) => {
  const { flags, rest } = leadingFlags(text);
  const kept = flags.flatMap((flag) => keptFlag(flag, context));
  const copied = jsonWords(rest) ?? rest.split(/\s+/).filter((word) => word !== '');
  if (copied.length < 2) context.refuse('needs what to copy and where to.');
  const fromContext = !flags.some((flag) => flag.startsWith('--from='));
  if (fromContext) {
    context.scope.contextLines.push(line);
    for (const source of copied.slice(0, -1)) checkSource(source, context);
  }
  return [[...kept, rest].join(' ')];
};

function keptFlag(flag: string, { scope, refuse }: RuleContext): readonly string[] {
  const [, name = flag, value = ''] = /^--([a-z]+)(?:=(.*))?$/.exec(flag) ?? [];
  switch (name) {
    case 'chown':
      return [flag];
    case 'from': {
      const stage = scope.earlierStage(value);
      if (stage !== undefined) return [`--from=${stage}`];
      refuse(`copies from ${quote(value)}, which is no earlier stage of this file; begin one with \`FROM … AS name\`.`);
      return [];
    }
    case 'chmod':
      refuse('has the flag --chmod, which needs BuildKit; leave it out and `RUN chmod` afterwards.');
      return [];
    default:
      refuse(`has the flag ${quote(flag)}, which needs BuildKit; leave it out.`);
      return [];
  }
}

function checkSource(source: string, { refuse }: RuleContext): void {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source) || source.startsWith('git@')) {
    refuse(`copies from ${quote(source)}; only files of the build context can be copied.`);
  } else if (posix.normalize(source.replace(/^\/+/, '')).startsWith('..')) {
    refuse(`copies ${quote(source)}, which is outside the build context.`);
  }
}

/** The form that takes names with blanks: `["a b", "/c"]`. Undefined for any other. */
export function jsonWords(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const value = JSON.parse(text) as unknown;
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
