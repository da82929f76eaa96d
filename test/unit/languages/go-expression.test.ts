import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goExpression } from '../../../src/languages/go-expression/go-expression.ts';

const found = (pattern: string, text: string): readonly string[] => {
  const expression = goExpression(pattern);
  if (typeof expression === 'string') throw new Error(expression);
  return text.match(expression) ?? [];
};

describe('a regular expression in the syntax of Go', () => {
  it.each([
    ['(?m)^import .*$', 'import a\nx\nimport b', ['import a', 'import b']],
    ['^import .*$', 'import a\nimport b', []],
    ['^import "\\w+"$', 'import "a"', ['import "a"']],
    ['(?i)ABC', 'abc Abc', ['abc', 'Abc']],
    ['(?s)a.b', 'a\nb', ['a\nb']],
    ['a.b', 'a\nb a\rb', ['a\rb']],
    ['(?m)^b$', 'a\rb\rc', []],
    ['(?m)^using [\\w.-]+;$', 'using System.Text;\nfoo', ['using System.Text;']],
    ['(?P<word>o+)', 'foo', ['oo']],
    ['(?:ab)+', 'ababc', ['abab']],
    ['a{2}|b{1,}|c{x}', 'aa bb c{x}', ['aa', 'bb', 'c{x}']],
    ['[]a]+', 'a]b', ['a]']],
    ['[^]a]', 'a]b', ['b']],
    ['[[:digit:]x]+', '12x y', ['12x']],
    ['[[-`]', 'a[b', ['[']],
    ['\\Aa', 'aa', ['a']],
    ['a\\z', 'aa', ['a']],
    ['\\Qa.b*\\E+', 'a.b** axb', ['a.b**']],
    ['\\"\\<\\-\\!', '"<-!', ['"<-!']],
    ['\\x41\\x{42}\\103', 'ABC', ['ABC']],
    ['\\pL+', 'aé1', ['aé']],
    ['\\p{Greek}+|\\PL', 'αβ1', ['αβ', '1']],
    ['[^[:^x]', 'ab:', ['a', 'b']],
    ['\\s', '\u00a0 \v', [' ']],
    ['a}b]', 'a}b]', ['a}b]']],
    ['.', '😀', ['😀']],
  ])('%s finds in %j what it finds there', (pattern, text, expected) => {
    expect(found(pattern, text)).toEqual(expected);
  });

  it.each([
    ['(?U)a', 'has the flags U: only i, m and s are known'],
    ['a(?i)b', 'may have flags at its start only, and no groups but (?:…) and (?P<name>…)'],
    ['a(?=b)', 'may have flags at its start only, and no groups but (?:…) and (?P<name>…)'],
    ['(a)\\1', 'has \\1, which means nothing there'],
    ['[abc', 'has a class that is not closed with ]'],
    ['[[:vowel:]]', 'has the class [:vowel:], which there is not'],
    ['\\y', 'has \\y, which means nothing there'],
    ['a\\', 'has \\, which means nothing there'],
    ['(a', 'is not a regular expression'],
    ['\\p{Klingon}', 'is not a regular expression'],
  ])('%s is refused, with the reason', (pattern, reason) => {
    expect(goExpression(pattern)).toBe(reason);
  });
});

describe('any text', () => {
  it('is a pattern or is told why not, and a quotation finds what it quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const expression = goExpression(text);
        if (typeof expression === 'string') expect(expression).not.toBe('');
      }),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\\E') && !text.endsWith('\\')),
        (text) => {
          expect(found(`\\Q${text}\\E`, `a${text}b`)).toContain(text);
        },
      ),
    );
  });

  it('is refused rather than misread where it is made of the signs of patterns', () => {
    const signs = fc.constantFrom(...'\\[](){}^$.*+?|-:<>PQEpxsSdzA0a1iU '.split(''));
    fc.assert(
      fc.property(fc.array(signs, { maxLength: 12 }), (parts) => {
        const expression = goExpression(parts.join(''));
        if (typeof expression !== 'string') expect(expression.flags).toContain('u');
      }),
      { numRuns: 2000 },
    );
  });
});
