import type { RecordDocument } from '../wire/record.ts';
import { setTimeout as delay } from 'node:timers/promises';

const firstWaitMs = 100;
const longestWaitMs = 2000;

const underWay: ReadonlySet<RecordDocument['state']> = new Set(['queued', 'running']);

/** Looks at an invocation again and again, ever more seldom, until it has reached a terminal state. */
export async function untilEnded(look: () => Promise<RecordDocument>): Promise<RecordDocument> {
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 1.5)) {
    const document = await look();
    if (!underWay.has(document.state)) return document;
    await delay(waitMs);
  }
}
