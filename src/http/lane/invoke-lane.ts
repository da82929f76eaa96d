import type { Socket } from 'node:net';
import { defaultReplyTimeoutMs, keepAliveMs } from '../connection-times.ts';
import { hostTest, type HostRules } from '../host-rules.ts';
import type { ConnectionLane, HandOver } from '../server.ts';
import type { UsualCallParts } from '../usual-call.ts';
import { LaneConnection, type LaneConnectionOwner } from './lane-connection.ts';

export interface InvokeLaneParts extends UsualCallParts, Pick<HostRules, 'allowedHosts'> {
  readonly maxEventBytes: number;
}

export interface InvokeLaneTimes {
  readonly lookEveryMs: number;
  /** How long a connection without a call stays open. */
  readonly idleMs: number;
  readonly replyTimeoutMs: number;
}

const usualTimes: InvokeLaneTimes = {
  lookEveryMs: 1000,
  // As with Node, a second more than the client has been told: what it sends at the last moment is still served.
  idleMs: keepAliveMs + 1000,
  replyTimeoutMs: defaultReplyTimeoutMs,
};

/**
 * The lane for usual calls, past Node's HTTP parser. Each connection begins here, and is Node's own, for good, from the first bytes
 * on that are not exactly one usual call, before anything has been done about them. One that is silent is Node's as well.
 */
export class InvokeLane implements ConnectionLane {
  readonly #times: InvokeLaneTimes;
  readonly #owner: LaneConnectionOwner;
  readonly #connections = new Set<LaneConnection>();
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(parts: InvokeLaneParts, times: InvokeLaneTimes = usualTimes) {
    const { allowedHosts, maxEventBytes: maxBodyBytes } = parts;
    this.#times = times;
    this.#owner = {
      call: parts,
      rules: { isAllowedHost: hostTest(allowedHosts), maxBodyBytes },
      isStopping: () => this.#isStopping,
      onLeft: (connection) => this.#connections.delete(connection),
    };
  }

  take(socket: Socket, handOver: HandOver): void {
    this.#connections.add(new LaneConnection(this.#owner, socket, handOver));
    this.#timer ??= setInterval(() => {
      this.#look();
    }, this.#times.lookEveryMs).unref();
  }

  /** Ends connections that carry no call and no reply, and from now on each one behind its reply. */
  closeIdle(): void {
    this.#isStopping = true;
    for (const connection of this.#connections) {
      if (connection.isIdle) connection.destroy();
    }
  }

  closeAll(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  /** One look at all of them costs less than a timer for each call. */
  #look(): void {
    const now = performance.now();
    for (const connection of this.#connections) {
      const restedMs = now - connection.restsSince;
      if (connection.isSilent) {
        // Node has the limits for those who take their time with a request.
        if (restedMs > this.#times.lookEveryMs) connection.handOver();
      } else if (connection.isIdle) {
        if (restedMs > this.#times.idleMs) connection.destroy();
      } else if (connection.isUnread && restedMs > this.#times.replyTimeoutMs) connection.destroy();
    }
    if (this.#connections.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
