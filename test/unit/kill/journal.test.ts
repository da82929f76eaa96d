import { describe, expect, it } from 'vitest';
import { Journal, type Shown } from '../../kill/journal.ts';

const name = 'fn';

function shownAs(mark: string, version: number): Shown {
  return { mark, version, sha256: `sha of ${mark}` };
}

/** A journal in which some deploys were acknowledged as versions 1, 2, … */
function journalWith(...marks: readonly string[]): Journal {
  const journal = new Journal([name]);
  for (const [i, mark] of marks.entries()) {
    journal.acknowledged(journal.send(name, { mark, code: mark }), shownAs(mark, i + 1));
  }
  return journal;
}

function call(journal: Journal, mark: string | undefined, version: number | undefined, from = journal.now()): void {
  journal.called({ name, nonce: 'n', from, to: journal.now(), mark, code: mark, version });
  journal.judgeCalls();
}

describe('a journal without faults', () => {
  it('has what was acknowledged, and calls that met it', () => {
    const journal = journalWith('a', 'b');
    call(journal, 'b', 2);
    journal.look(name, shownAs('b', 2));
    expect(journal.faults).toEqual([]);
  });

  it('may have a change without an answer happened, or lost', () => {
    const happened = journalWith('a');
    happened.send(name, { mark: 'b', code: 'b' });
    happened.look(name, shownAs('b', 2));
    const lost = journalWith('a');
    const from = lost.now();
    lost.send(name, { mark: 'b', code: 'b' });
    lost.look(name, shownAs('a', 1));
    call(lost, 'a', 1, from);
    expect([...happened.faults, ...lost.faults]).toEqual([]);
    expect(lost.pending(name)).toBeUndefined();
  });

  it('lets a call beside a change meet either state', () => {
    const journal = journalWith('a');
    const from = journal.now();
    journal.acknowledged(journal.send(name, undefined));
    call(journal, 'a', 1, from);
    call(journal, undefined, undefined, from);
    expect(journal.faults).toEqual([]);
  });

  it('counts versions from 1 again after a removal', () => {
    const journal = journalWith('a', 'b');
    journal.acknowledged(journal.send(name, undefined));
    journal.acknowledged(journal.send(name, { mark: 'c', code: 'c' }), shownAs('c', 1));
    expect(journal.faults).toEqual([]);
  });
});

describe('a journal has a fault when', () => {
  it('an acknowledged deploy is gone, or an earlier one is there instead', () => {
    const gone = journalWith('a', 'b');
    gone.look(name, undefined);
    const earlier = journalWith('a', 'b');
    earlier.look(name, shownAs('a', 1));
    expect(gone.faults).toEqual(['fn: acknowledged was b as version 2, and there is nothing']);
    expect(earlier.faults).toHaveLength(1);
  });

  it('a removed function is back', () => {
    const journal = journalWith('a');
    journal.acknowledged(journal.send(name, undefined));
    journal.look(name, shownAs('a', 1));
    expect(journal.faults).toHaveLength(1);
  });

  it('other code is kept than was acknowledged', () => {
    const journal = journalWith('a');
    journal.look(name, { ...shownAs('a', 1), sha256: 'other' });
    expect(journal.faults).toHaveLength(1);
  });

  it('a deploy without an answer took a wrong number', () => {
    const journal = journalWith('a');
    journal.send(name, { mark: 'b', code: 'b' });
    journal.look(name, shownAs('b', 3));
    expect(journal.faults).toHaveLength(1);
  });

  it('a call meets what was replaced before it was sent', () => {
    const journal = journalWith('a', 'b');
    call(journal, 'a', 1);
    call(journal, undefined, undefined);
    expect(journal.faults).toEqual([
      'fn: call n met a, possible was b as version 2',
      'fn: call n met no function, possible was b as version 2',
    ]);
  });

  it('a call met a deploy that was lost afterwards', () => {
    const journal = journalWith('a');
    journal.send(name, { mark: 'b', code: 'b' });
    journal.called({ name, nonce: 'n', from: journal.now(), to: journal.now(), mark: 'b', code: 'b', version: 2 });
    journal.look(name, shownAs('a', 1));
    journal.judgeCalls();
    expect(journal.faults).toHaveLength(1);
  });

  it('a reply has the version or the code of another deploy', () => {
    const journal = journalWith('a', 'b');
    call(journal, 'b', 1);
    journal.called({ name, nonce: 'n', from: journal.now(), to: journal.now(), mark: 'b', code: 'a', version: 2 });
    journal.judgeCalls();
    expect(journal.faults).toHaveLength(2);
  });
});
