import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeJson, safeLine, safeText } from '../../../src/cli/terminal/safe-text.ts';

describe('safeText', () => {
  it.each([
    ['a colour', '\u001b[31mred', String.raw`\x1b[31mred`],
    ['a window title (OSC)', '\u001b]0;x\u0007', String.raw`\x1b]0;x\x07`],
    ['an 8-bit control sequence', '\u009b2J', String.raw`\x9b2J`],
    ['a carriage return that overwrites', 'safe\revil', String.raw`safe\x0devil`],
    ['a backspace', 'a\bb', String.raw`a\x08b`],
    ['NUL and DEL', '\u0000\u007f', String.raw`\x00\x7f`],
    ['a bidirectional override', 'a\u202eb', String.raw`a\u202eb`],
    ['an isolate', '\u2066x\u2069', String.raw`\u2066x\u2069`],
    ['a tag character', '\u{e0041}', String.raw`\udb40\udc41`],
  ])('shows %s as an escape', (_what, text, shown) => {
    expect(safeText(text)).toBe(shown);
  });

  it('leaves newlines, tabs, letters of all scripts and emoji as they are', () => {
    const text = 'a\tb\nпривет שלום 你好 👩‍👩‍👧';
    expect(safeText(text)).toBe(text);
  });

  it('drops the carriage return of a line ending', () => {
    expect(safeText('one\r\ntwo\r\n')).toBe('one\ntwo\n');
  });

  it('keeps a single line a single line', () => {
    expect(safeLine('a\nb\tc')).toBe(String.raw`a\nb\tc`);
  });
});

describe('safeJson', () => {
  it('is the same value when it is read back, without a character that could steer a terminal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom('\u009b', '\u202e', '\u{e0001}', '\u007f'), (value, bad) => {
        const document = { value, [bad]: bad };
        const text = safeJson(document, 2);
        expect(JSON.parse(text)).toStrictEqual(JSON.parse(JSON.stringify(document)));
        expect(text).not.toContain(bad);
      }),
    );
  });
});
