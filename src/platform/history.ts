import { HistoryWriter } from '../history/history-writer.ts';
import { History } from '../history/history.ts';
import { Recorder } from '../history/recorder.ts';
import { Retention } from '../history/retention.ts';
import type { EndedInvocation } from '../invocations/ended-invocation.ts';
import type { Elsewhere } from '../invocations/elsewhere.ts';
import type { InFlight } from '../invocations/in-flight.ts';
import type { HistoryStore } from '../history/history-store.ts';
import type { Store } from '../store/store.ts';
import { explain } from './explain.ts';
import type { Surroundings } from './surroundings.ts';

interface HistoryParts {
  readonly store: Pick<Store, 'history'>;
  readonly inFlight: InFlight;
  readonly elsewhere: Elsewhere | undefined;
}

interface OpenHistory {
  readonly history: History;
  readonly recording: Recording;
}

/** Begins to keep what became of invocations, and to remove what is too old or too many. */
export function openHistory(surroundings: Surroundings, { store, inFlight, elsewhere }: HistoryParts): OpenHistory {
  const { config, clock, onFailure, onStop } = surroundings;
  const recording = openRecording(surroundings, store.history);
  const { writer } = recording;
  const retention = new Retention({
    store: store.history,
    maxAgeMs: config.historyMaxAgeMs,
    maxRows: config.historyMaxRows,
    clock,
    onFailure,
  });
  onStop(retention.start());
  return { history: new History({ store: store.history, writer, inFlight, elsewhere }), recording };
}

/** What keeps account of sync invocations that have ended. */
export interface Recording {
  readonly writer: HistoryWriter;
  /** Keeps account of a sync invocation that has ended. */
  readonly recordEnded: (ended: EndedInvocation) => void;
  /** How many were left out up to now. */
  readonly droppedCount: () => number;
}

/** Begins to keep what became of sync invocations. */
export function openRecording(
  { config, logger, onFailure, onStop }: Surroundings,
  store: Pick<HistoryStore, 'append'>,
): Recording {
  let dropped = 0;
  const writer = new HistoryWriter({
    store,
    onFailure,
    onDropped: (count) => {
      dropped += count;
      logger.warn('Invocations were left out of the history', { count });
    },
  });
  const recorder = new Recorder({ logBytes: config.historyLogBytes, explain });
  onStop(() => writer.close());
  const keepsNothing = config.historyMaxAgeMs === 0 || config.historyMaxRows === 0;
  return {
    writer,
    droppedCount: () => dropped,
    recordEnded: (ended) => {
      if (!keepsNothing) writer.add(() => recorder.entryOf(ended));
    },
  };
}
