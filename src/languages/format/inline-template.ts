import { goExpression } from '../go-expression/go-expression.ts';
import type { ImportPattern, InlineTemplate } from '../language.ts';
import { isTemplate } from '../inline.ts';
import type { Members } from './members.ts';

/** A template and its pattern, by the names that they have in a document; undefined where there is none that can be used. */
export function inlineTemplate(
  inline: Members,
  names: { readonly template: string; readonly imports: string },
): InlineTemplate | undefined {
  const template = inline.text(names.template);
  const imports = importPattern(inline, names.imports);
  if (template === undefined || !isTemplate(template)) return undefined;
  return imports === undefined ? { template } : { template, imports };
}

function importPattern(inline: Members, member: string): ImportPattern | undefined {
  const source = inline.text(member);
  if (source === undefined) return undefined;
  const expression = goExpression(source);
  if (typeof expression !== 'string') return { source, expression };
  inline.refuse(member, expression);
  return undefined;
}
