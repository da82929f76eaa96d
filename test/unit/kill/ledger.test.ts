import { describe, expect, it } from 'vitest';
import type { RecordDocument } from '../../../src/wire/record.ts';
import { Journal } from '../../kill/journal.ts';
import { Ledger } from '../../kill/ledger.ts';
import { recordDocument } from '../cli/replies.ts';

const name = 'fn';
const id = 'one';

/** A ledger in which one invocation of the version 1 was accepted. */
function opened(failures = 0) {
  const journal = new Journal([name]);
  journal.acknowledged(journal.send(name, { mark: 'a', code: 'a' }), { mark: 'a', version: 1, sha256: 'sha' });
  const ledger = new Ledger(journal, ({ name, nonce, from, to, version }, { mark, code }) => {
    journal.called({ name, nonce, from, to, mark, code, version });
  });
  ledger.accepted({
    id,
    name,
    byAlias: false,
    nonce: 'n',
    failures,
    from: journal.now(),
    to: journal.now(),
    version: 1,
  });
  const judged = (): readonly string[] => {
    ledger.judge();
    journal.judgeCalls();
    return journal.faults;
  };
  return { journal, ledger, judged };
}

function seen(changes: Partial<RecordDocument> = {}): RecordDocument {
  return recordDocument({
    ...{ id, function: name, version: 1, mode: 'async', state: 'succeeded', outcome: 'ok' },
    ...{ attempt: 1, max_attempts: 3, ended_at: '2026-01-01T00:00:00.000Z' },
    event: { nonce: 'n' },
    result: { nonce: 'n', code: 'a', mark: 'a', attempt: 1 },
    ...changes,
  });
}

describe('a ledger without faults', () => {
  it('has an end for each, and the same whenever it is asked for', () => {
    const { ledger, judged } = opened();
    ledger.saw(id, seen({ state: 'running', result: undefined }));
    ledger.saw(id, seen());
    ledger.saw(id, seen());
    expect(ledger.open).toEqual([]);
    expect(judged()).toEqual([]);
  });

  it('may have one given up after its last attempt, or cancelled with its function', () => {
    const dead = opened(1000);
    dead.ledger.saw(id, seen({ state: 'dead', outcome: 'handler_error', attempt: 3, result: null }));
    const cancelled = opened();
    cancelled.ledger.saw(id, seen({ state: 'cancelled', outcome: null, result: undefined }));
    cancelled.journal.acknowledged(cancelled.journal.send(name, undefined));
    expect([...dead.judged(), ...cancelled.judged()]).toEqual([]);
  });
});

describe('a ledger has a fault when', () => {
  const bad: readonly (readonly [string, Partial<RecordDocument>])[] = [
    ['the result is of another call', { result: { nonce: 'other', code: 'a', mark: 'a', attempt: 1 } }],
    ['another version ran than was accepted', { result: { nonce: 'n', code: 'b', mark: 'b', attempt: 1 } }],
    ['the result is of another attempt', { attempt: 2 }],
    ['it was given up before its last attempt', { state: 'dead' }],
    ['there were more attempts than allowed', { state: 'dead', attempt: 4 }],
    ['nobody cancelled it', { state: 'cancelled' }],
    ['it ended as only a sync one can', { state: 'failed' }],
    ['it never ended', { state: 'running' }],
  ];
  it.each(bad)('%s', (_what, changes) => {
    const { ledger, judged } = opened();
    ledger.saw(id, seen(changes));
    expect(judged()).toHaveLength(1);
  });

  it('one that was accepted is not known any more', () => {
    const { ledger, journal } = opened();
    ledger.saw(id, undefined);
    expect(journal.faults).toEqual(['one of fn was accepted, and is not known']);
  });

  it('one ended twice', () => {
    const { ledger, journal } = opened();
    ledger.saw(id, seen());
    ledger.saw(id, seen({ state: 'dead', attempt: 3 }));
    expect(journal.faults).toHaveLength(1);
  });

  it('an acknowledged cancellation did not last', () => {
    const { ledger, judged } = opened();
    ledger.cancelling(id, 'acknowledged');
    ledger.saw(id, seen());
    expect(judged()).toHaveLength(1);
  });

  it('it succeeded at an attempt that had to fail', () => {
    const { ledger, judged } = opened(2);
    ledger.saw(id, seen());
    expect(judged()).toHaveLength(1);
  });
});
