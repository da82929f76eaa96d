import type { RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import { SraasError } from '../../../src/errors.ts';
import { createApp, type AppParts } from '../../../src/http/app.ts';
import { invokeDoor } from '../../../src/http/invoke-door.ts';
import { InvokeLane, type InvokeLaneTimes } from '../../../src/http/lane/invoke-lane.ts';
import { HttpServer } from '../../../src/http/server.ts';
import type { InvocationRequest } from '../../../src/invocations/invoker.ts';
import type { Reply } from '../../../src/invocations/reply.ts';

export type Invoke = (reference: string, request: InvocationRequest) => Promise<Reply>;

/** A reply of the function with this result, as JSON. */
export function replyWith({ invocationId }: InvocationRequest, result: string, members: Partial<Reply> = {}): Reply {
  return {
    verdict: { outcome: 'ok', result: Buffer.from(result), error: undefined, exitCode: undefined },
    logs: '',
    logsTruncated: false,
    durationMs: 1.5,
    invocationId,
    functionName: 'greet',
    functionVersion: 1,
    coldStart: false,
    queueMs: 0,
    initMs: 0,
    use: { maxMemoryBytes: 1, cpuMs: 1 },
    ...members,
  };
}

/** The event of an envelope, as JSON. */
export function eventOf({ envelope }: InvocationRequest): string {
  return JSON.stringify((JSON.parse(envelope.toString()) as { readonly event?: unknown }).event ?? {});
}

export interface UsualServer {
  readonly server: HttpServer;
  readonly url: string;
  /** The requests that came past the lane, or without one all of them: method and target. */
  readonly pastLane: string[];
  /** The requests that came to the app. */
  readonly inApp: string[];
}

export interface Opening {
  readonly invoke?: Invoke;
  /** What stands before the app. */
  readonly ways?: 'none' | 'door' | 'lane';
  readonly times?: Partial<InvokeLaneTimes>;
  readonly headersTimeoutMs?: number;
}

const times: InvokeLaneTimes = { lookEveryMs: 1000, idleMs: 60_000, replyTimeoutMs: 60_000 };

/** The API's server around an invoker of the test's own, without anything that other routes need; until the test ends. */
export async function openUsual({ invoke = echo, ways = 'lane', ...more }: Opening = {}): Promise<UsualServer> {
  const unused = (): never => {
    throw new Error('not of this test');
  };
  const parts = {
    invoker: { invoke },
    maxEventBytes: 1_000_000,
    allowedHosts: [],
    allowedOrigins: ['https://tools.example'],
    explain: (error: unknown) =>
      error instanceof RangeError ? new SraasError('ENGINE_UNAVAILABLE', error.message, { cause: error }) : undefined,
    onFailure: () => undefined,
    isReady: () => true,
    productVersion: '0.0.0',
    asyncInvocations: { invoke: unused },
    artifacts: {},
    catalog: {},
    diskSpace: { report: () => ({}) },
    keyed: { carryOut: unused },
    runtimes: {},
  } as unknown as AppParts;
  const pastLane: string[] = [];
  const inApp: string[] = [];
  const app = noting(inApp, createApp(parts));
  const listener = noting(pastLane, ways === 'none' ? app : invokeDoor(parts, app));
  const lane = ways === 'lane' ? { lane: new InvokeLane(parts, { ...times, ...more.times }) } : {};
  const { headersTimeoutMs } = more;
  const server = new HttpServer(listener, { ...lane, ...(headersTimeoutMs === undefined ? {} : { headersTimeoutMs }) });
  const url = await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.close(0));
  return { server, url, pastLane, inApp };
}

const echo: Invoke = (_reference, request) => Promise.resolve(replyWith(request, eventOf(request)));

function noting(notes: string[], listener: RequestListener): RequestListener {
  return (request, response) => {
    notes.push(`${request.method} ${request.url}`);
    listener(request, response);
  };
}

/** A request as a plain client sends it; each line of `lines` that names a header takes the place of the usual one. */
export function callOf(
  body: string | Buffer,
  lines: readonly string[] = [],
  line = 'POST /functions/greet/invoke HTTP/1.1',
): Buffer {
  const bytes = Buffer.from(body);
  const usual = ['Host: localhost', 'Content-Type: application/json', `Content-Length: ${bytes.length}`];
  const nameOf = (text: string): string => text.split(':')[0]?.toLowerCase() ?? '';
  const named = new Set(lines.map(nameOf));
  const head = [
    line,
    ...usual.filter((text) => !named.has(nameOf(text))),
    ...lines.filter((text) => !text.endsWith(': -')),
    '',
    '',
  ];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), bytes]);
}
