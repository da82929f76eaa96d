import { describe, expect, it } from 'vitest';
import { IgnoreRules } from '../../../src/builds/context/ignore-rules.ts';

describe('.dockerignore', () => {
  it.each([
    ['node_modules', 'node_modules/a/b.js', true],
    ['node_modules', 'src/node_modules/a.js', false],
    ['**/node_modules', 'src/node_modules/a.js', true],
    ['/dist', 'dist/main.js', true],
    ['dist/', 'dist/main.js', true],
    ['*.log', 'a.log', true],
    ['*.log', 'logs/a.log', false],
    ['**/*.log', 'logs/deep/a.log', true],
    ['**/*.log', 'a.log', true],
    ['logs/**', 'logs/deep/a.log', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[a-c]x', 'bx', true],
    ['[^a-c]x', 'bx', false],
    ['[a-c]x', 'dx', false],
    ['[', '[', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['# comment', '# comment', false],
    ['', 'a', false],
    ['.', 'a', false],
    ['a.b', 'axb', false],
    ['*', 'anything/at/all', true],
    ['*\n!keep', 'keep/this', false],
    ['!keep\n*', 'keep/this', true],
    ['docs\n!docs/README.md', 'docs/README.md', false],
    ['docs\n!docs/README.md', 'docs/other.md', true],
  ])('%j leaves out %s: %s', (text, path, expected) => {
    expect(new IgnoreRules(text).leavesOut(path)).toBe(expected);
  });

  it('gives up on patterns that would take for ever, in a sentence', () => {
    const rules = new IgnoreRules(`${'*a'.repeat(2000)}b`);
    const paths = Array.from({ length: 100 }, () => 'a'.repeat(1000));
    expect(() => paths.map((path) => rules.leavesOut(path))).toThrow(/patterns in \.dockerignore take too long/);
  });
});
