import { findInstallDirectory } from '../installation.ts';
import { createLogger, describeError, type Logger } from '../logger.ts';
import type { News, ServerCalls, WorkerCalls, WorkerOrder } from '../workers/calls.ts';
import { workerGreeting } from '../workers/worker-processes.ts';
import { Link, type LinkPort } from '../workers/link.ts';
import { openWorker, type OpenWorker } from './worker.ts';

/** Does what the server at the other end of the channel asks for, as its worker. */
export function serveAsWorker(port: LinkPort): void {
  const early: News[] = [];
  let hear = (news: News): void => void early.push(news);
  let onOpened: (opening: Promise<OpenWorker>) => void = () => undefined;
  const opened = new Promise<OpenWorker>((resolve) => {
    onOpened = resolve;
  });
  // Told to whoever asked for the start.
  opened.catch(() => undefined);
  const start = (order: WorkerOrder): Promise<OpenWorker> => {
    const logger = ofWorker(order.number, createLogger(order.config.logLevel));
    const parts = {
      order,
      logger,
      clock: () => new Date(),
      installDirectory: findInstallDirectory(),
      onFailure: (message: string, error: unknown) => {
        logger.warn(message, describeError(error));
      },
    };
    return openWorker(parts, server, (listener) => {
      hear = listener;
      for (const news of early.splice(0)) listener(news);
    });
  };
  const calls: WorkerCalls = {
    start: async (order) => {
      const opening = start(order);
      onOpened(opening);
      return (await opening).url;
    },
    hear: (news) => {
      hear(news);
      return Promise.resolve();
    },
    running: async () => (await opened).running(),
    cancel: async (invocationId) => (await opened).cancel(invocationId),
    metrics: async () => (await opened).metrics(),
    flushHistory: async () => (await opened).flushHistory(),
    follow: async (followId, functionId) => (await opened).follow(followId, functionId),
    unfollow: async (followId) => (await opened).unfollow(followId),
    drain: async (limitMs) => (await opened).drain(limitMs),
    stop: async () => (await opened).stop(),
  };
  const server = new Link<ServerCalls>(port, calls);
  port.send(workerGreeting, () => undefined);
}

function ofWorker(worker: number, logger: Logger): Logger {
  return {
    error: (message, fields) => {
      logger.error(message, { worker, ...fields });
    },
    warn: (message, fields) => {
      logger.warn(message, { worker, ...fields });
    },
    info: (message, fields) => {
      logger.info(message, { worker, ...fields });
    },
    debug: (message, fields) => {
      logger.debug(message, { worker, ...fields });
    },
  };
}
