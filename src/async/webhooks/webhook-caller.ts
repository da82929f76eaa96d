import { failpoint } from '../../failpoints.ts';
import type { ClaimRequest } from '../claim-request.ts';
import { DueRuns, type DueRun } from '../due-runs.ts';
import { insist } from '../insist.ts';
import { callWebhook, type CallParts } from './call.ts';
import type { ClaimedCall, WebhookStore } from './webhook-store.ts';

interface WebhookCallerParts extends CallParts {
  readonly store: WebhookStore;
  readonly instanceId: string;
  readonly onFailure: (message: string, error: unknown) => void;
}

const mostCalls = 8;
/** So that a receiver that does not answer leaves room for others. */
const mostCallsOfOne = 3;

/** Calls the webhooks of invocations that have ended, again and again until they have answered or are given up. */
export class WebhookCaller {
  readonly #parts: WebhookCallerParts;
  readonly #runs: DueRuns;

  constructor(parts: WebhookCallerParts) {
    this.#parts = parts;
    this.#runs = new DueRuns({
      most: mostCalls,
      instanceId: parts.instanceId,
      claim: (request) => this.#claim(request),
      nextDue: (after) => parts.store.nextDue(after),
      clock: parts.clock,
      onFailure: (error) => {
        parts.onFailure('Webhooks that are due could not be looked for', error);
      },
    });
  }

  start(): void {
    this.#runs.start();
  }

  /** There may be one to call. */
  wake(): void {
    this.#runs.wake();
  }

  /** Resolves when the calls under way have been answered, or have run out of time, and that is written down. */
  close(): Promise<void> {
    return this.#runs.close();
  }

  async #claim(request: ClaimRequest): Promise<DueRun | undefined> {
    const call = await this.#parts.store.claim(request);
    if (call === undefined) return undefined;
    failpoint('webhook.claimed');
    return {
      functionId: call.record.functionId,
      mostOfOne: mostCallsOfOne,
      carryOut: (closing) => this.#carryOut(call, closing),
    };
  }

  async #carryOut(call: ClaimedCall, closing: AbortSignal): Promise<void> {
    const { store, onFailure } = this.#parts;
    try {
      const { delivery, dueAt } = await callWebhook(call, this.#parts);
      failpoint('webhook.answered');
      await insist(
        () => (dueAt === undefined ? store.end(call, delivery) : store.putBack(call, delivery, dueAt)),
        closing,
        (error) => {
          onFailure('The delivery of a webhook could not be written yet', error);
        },
      );
      failpoint('webhook.written');
    } catch (error) {
      onFailure('The delivery of a webhook could not be written; it is called again', error);
    }
  }
}
