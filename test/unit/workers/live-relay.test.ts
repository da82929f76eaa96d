import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../../src/invocations/live-event.ts';
import { LiveLogs } from '../../../src/invocations/live-logs.ts';
import { LiveRelay } from '../../../src/workers/live-relay.ts';
import { Workers, type WorkerEnd } from '../../../src/workers/workers.ts';
import { versionWith } from '../sandboxes/versions.ts';

const version = versionWith();
const clock = (): Date => new Date(0);

/** A server with one worker, each with its own live logs. */
function linked() {
  const workers = new Workers({ onDeaf: () => undefined });
  const atServer = new LiveLogs({
    clock,
    onFollow: (functionId, follower) =>
      workers.follow(functionId, (event) => {
        follower.push(event);
      }),
  });
  const atWorker = new LiveLogs({ clock });
  const relay = new LiveRelay({
    liveLogs: atWorker,
    tell: (followId, event) => {
      workers.tellLive(followId, event);
      return Promise.resolve();
    },
  });
  const call = (name: string, ...args: readonly never[]): Promise<unknown> => {
    if (name === 'follow') relay.follow(...(args as unknown as Parameters<LiveRelay['follow']>));
    if (name === 'unfollow') relay.unfollow(...(args as unknown as Parameters<LiveRelay['unfollow']>));
    return Promise.resolve();
  };
  workers.join({ link: { call: call as unknown as WorkerEnd['link']['call'] }, kill: () => undefined });
  return { atServer, atWorker };
}

describe('following a function whose invocations run in a worker', () => {
  it('hears of them at the server, from begin to end, and of none once it has gone', async () => {
    const { atServer, atWorker } = linked();
    expect(atWorker.narrate(version, 'unheard')).toBeUndefined();
    const follower = atServer.follow(version.functionId);
    const narration = atWorker.narrate(version, 'i-1');
    narration?.onOutput(Buffer.from('hello'));
    narration?.failed(new Error('a fault'));
    const events: LiveEvent[] = [];
    for await (const event of follower) {
      events.push(event);
      if (event.type === 'end') break;
    }
    expect(events.map(({ type }) => type)).toStrictEqual(['begin', 'log', 'end']);
    expect([atServer.followerCount, atWorker.followerCount]).toStrictEqual([0, 0]);
    expect(atWorker.narrate(version, 'i-2')).toBeUndefined();
  });

  it('does not end when the worker does', async () => {
    const { atServer, atWorker } = linked();
    const follower = atServer.follow(version.functionId);
    atWorker.close();
    atServer.close();
    const types: string[] = [];
    for await (const { type } of follower) types.push(type);
    expect(types).toStrictEqual(['draining']);
  });
});
