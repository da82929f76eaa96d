import { describe, expect, it } from 'vitest';
import { BuildLog } from '../../../src/builds/build-log.ts';
import type { BuildLine } from '../../../src/builds/image-build.ts';

const line = (text: string): BuildLine => ({ at: new Date(0), text });

describe('the log of a build', () => {
  it('keeps all lines while they fit', () => {
    const log = new BuildLog(10_000);
    log.add(line('one'));
    log.add(line('two'));
    expect(log.text()).toBe('one\ntwo\n');
  });

  it('keeps the first and the last of a flood, with a mark between that counts the rest', () => {
    const log = new BuildLog(10_000);
    for (let index = 0; index < 10_000; index += 1) log.add(line(`line ${index}`));
    const lines = log.text().trimEnd().split('\n');
    expect(lines[0]).toBe('line 0');
    expect(lines.at(-1)).toBe('line 9999');
    const mark = lines.findIndex((text) => text.startsWith('…'));
    const leftOut = Number(/^… (\d+) lines left out …$/.exec(lines[mark] ?? '')?.[1]);
    expect(lines.length - 1 + leftOut).toBe(10_000);
    expect(log.text().length).toBeLessThan(10_000);
  });

  it('bounds empty lines as well', () => {
    const log = new BuildLog(10_000);
    for (let index = 0; index < 100_000; index += 1) log.add(line(''));
    expect(log.lines.length).toBeLessThan(200);
  });

  it('tells a follower of the past at once, and of each new line until it is ended', () => {
    const log = new BuildLog(1000);
    log.add(line('before'));
    const heard: string[] = [];
    const end = log.follow(({ text }) => heard.push(text));
    log.add(line('during'));
    end();
    log.add(line('after'));
    expect(heard).toEqual(['before', 'during']);
  });

  it('lets a follower go that throws, and tells the others', () => {
    const log = new BuildLog(1000);
    let calls = 0;
    log.follow(() => {
      calls += 1;
      throw new Error('gone');
    });
    const heard: string[] = [];
    log.follow(({ text }) => heard.push(text));
    log.add(line('one'));
    log.add(line('two'));
    expect({ calls, heard }).toEqual({ calls: 1, heard: ['one', 'two'] });
  });

  it('has a limit of followers, which those make room in that end', () => {
    const log = new BuildLog(1000);
    const ends = Array.from({ length: 100 }, () => log.follow(() => undefined));
    expect(() => log.follow(() => undefined)).toThrow(expect.objectContaining({ code: 'TOO_MANY_FOLLOWERS' }));
    ends[0]?.();
    expect(log.follow(() => undefined)).toBeTypeOf('function');
  });
});
