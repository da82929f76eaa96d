import { describe, expect, it } from 'vitest';
import { programSpec, type ProgramPlan } from '../../../src/sandboxes/program-spec.ts';
import { defaultPlan, defaultSpec, fieldsThatDiffer } from './plans.ts';

const plan: ProgramPlan = {
  ...defaultPlan,
  command: ['/usr/bin/perl', '/srv/main.pl'],
  workingDirectory: '/srv',
  environment: { GREETING: 'hello', TZ: 'Europe/Berlin' },
};

describe('the container of a program', () => {
  it('has the walls of every sandbox, and differs in what is behind them only', () => {
    expect(fieldsThatDiffer(defaultSpec, programSpec(plan))).toEqual([
      'command',
      'environment',
      'workingDirectory',
      'mounts',
      'stdio',
    ]);
  });

  it('may run what it has written to /tmp only where its language is compiled there', () => {
    expect(programSpec(plan).temporaryFileSystems).toEqual(defaultSpec.temporaryFileSystems);
    const weaker = programSpec({ ...plan, executableTmp: true });
    expect(fieldsThatDiffer(programSpec(plan), weaker)).toEqual(['temporaryFileSystems']);
    expect(weaker.temporaryFileSystems).toEqual([{ ...defaultSpec.temporaryFileSystems[0], executable: true }]);
  });

  it('sees its files twice, read-only, and nothing else of the host', () => {
    expect(programSpec(plan).mounts).toEqual([
      { source: plan.codeDirectory, target: '/function', readOnly: true },
      { source: plan.codeDirectory, target: '/data', readOnly: true },
    ]);
  });

  it('has variables of its own, and cannot choose those that the platform sets', () => {
    const environment = { ...plan.environment, PATH: '/evil', HOME: '/root' };
    expect(programSpec({ ...plan, environment }).environment).toEqual({
      PATH: '/usr/local/bin:/usr/bin:/bin',
      HOME: '/tmp',
      TMPDIR: '/tmp',
      LANG: 'C.UTF-8',
      TZ: 'Europe/Berlin',
      LD_PRELOAD: '',
      LD_LIBRARY_PATH: '',
      GREETING: 'hello',
    });
  });

  it.each([
    ['/srv', '/srv'],
    ['/', '/'],
    ['', '/function'],
    ['srv', '/function'],
    ['/srv/../etc', '/function'],
    ['/a\nb', '/function'],
    [`/${'x'.repeat(2000)}`, '/function'],
  ])('works in %j as %j', (asked, given) => {
    expect(programSpec({ ...plan, workingDirectory: asked }).workingDirectory).toBe(given);
  });
});
