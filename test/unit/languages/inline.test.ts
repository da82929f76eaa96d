import { describe, expect, it } from 'vitest';
import { goExpression } from '../../../src/languages/go-expression/go-expression.ts';
import { wrapInline } from '../../../src/languages/inline.ts';
import type { ImportPattern } from '../../../src/languages/language.ts';

function pattern(source: string): ImportPattern {
  const expression = goExpression(source);
  if (typeof expression === 'string') throw new Error(expression);
  return { source, expression };
}

const imports = pattern('(?m)^use .*$');

describe('an inline expression', () => {
  it('is put where the template has its place, and what it imports where imports go', () => {
    const template = '$${IMPORTS}\nbegin\n$${CODE}\nend $${CODE}';
    expect(wrapInline({ template, imports }, 'use a;\nrun();\nuse b;')).toBe(
      'use a;\nuse b;\nbegin\n\nrun();\n\nend \nrun();\n',
    );
  });

  it('R8: keeps what means something in a replacement or in a template', () => {
    const code = 'print("$& $$ $1 $` $\' $${CODE} $${IMPORTS}")';
    expect(wrapInline({ template: '<$${CODE}>', imports }, code)).toBe(`<${code}>`);
    expect(wrapInline({ template: '$${IMPORTS}|$${CODE}', imports }, 'use $${CODE}')).toBe('use $${CODE}|');
  });

  it('leaves the place of imports alone where nothing finds them', () => {
    expect(wrapInline({ template: '$${IMPORTS} $${CODE}' }, 'use a')).toBe('$${IMPORTS} use a');
  });

  it('is refused when it would keep the search for its imports busy', () => {
    const slow = pattern('(?m)^use \\((?:\\s|.)*?\\)$');
    const startedMs = performance.now();
    expect(() => wrapInline({ template: '$${CODE}', imports: slow }, `use (${' '.repeat(60)}`)).toThrow(
      'The expression takes too long to be searched for its imports',
    );
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });

  it('is refused when it is longer than somebody types', () => {
    expect(wrapInline({ template: '$${CODE}', imports }, 'x'.repeat(100_000))).toHaveLength(100_000);
    expect(() => wrapInline({ template: '$${CODE}', imports }, 'x'.repeat(100_001))).toThrow('at most 100000');
  });
});
