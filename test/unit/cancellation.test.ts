import { describe, expect, it, vi } from 'vitest';
import { abortSignalOf, Canceller } from '../../src/cancellation.ts';

describe('a canceller', () => {
  it('tells those who listen once, and why', () => {
    const canceller = new Canceller();
    const [told, left] = [vi.fn(), vi.fn()];
    canceller.addEventListener('abort', told);
    canceller.addEventListener('abort', left);
    canceller.removeEventListener('abort', left);
    expect(canceller.aborted).toBe(false);
    canceller.throwIfAborted();
    canceller.abort(new Error('first'));
    canceller.abort(new Error('second'));
    expect(told).toHaveBeenCalledTimes(1);
    expect(left).not.toHaveBeenCalled();
    expect(canceller.reason).toMatchObject({ message: 'first' });
    expect(() => {
      canceller.throwIfAborted();
    }).toThrow('first');
  });

  it('calls nobody who comes too late, as a platform signal does not', () => {
    const canceller = new Canceller();
    canceller.abort('gone');
    const late = vi.fn();
    canceller.addEventListener('abort', late);
    expect(late).not.toHaveBeenCalled();
  });

  it('lets a listener that is told take itself and others away', () => {
    const canceller = new Canceller();
    const second = vi.fn();
    const first = vi.fn(() => {
      canceller.removeEventListener('abort', first);
    });
    canceller.addEventListener('abort', first);
    canceller.addEventListener('abort', second);
    canceller.abort('gone');
    expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 1]);
  });
});

describe('a platform signal', () => {
  it('is the cancellation itself where it is one', () => {
    const { signal } = new AbortController();
    expect(abortSignalOf(signal)).toBe(signal);
  });

  it('follows a canceller, also one that was aborted before', () => {
    const canceller = new Canceller();
    const before = abortSignalOf(canceller);
    expect(before.aborted).toBe(false);
    canceller.abort(new Error('gone'));
    expect(before.reason).toMatchObject({ message: 'gone' });
    expect(abortSignalOf(canceller).reason).toMatchObject({ message: 'gone' });
  });
});
