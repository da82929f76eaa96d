import { createLogger as createWinstonLogger, format, transports } from 'winston';
import { LogSink } from './log-sink.ts';

/** Structured logs: one JSON line per event. Fields are never taken from a function's event, result, logs or env. */
export interface Logger {
  error(message: string, fields?: object): void;
  warn(message: string, fields?: object): void;
  info(message: string, fields?: object): void;
  debug(message: string, fields?: object): void;
}

/** Logs to stderr by winston, which keeps stdout for what a command was asked for. */
export function createLogger(level: string): Logger {
  return createWinstonLogger({
    level,
    format: format.combine(format.timestamp(), format.json()),
    transports: [new transports.Stream({ stream: new LogSink(process.stderr), eol: '\n' })],
  });
}

/** What a log says of a failure: its name, code, message and causes, and the stack of the innermost. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { error: String(error) };
  const code = 'code' in error ? { code: String(error.code) } : {};
  const cause = error.cause === undefined ? { stack: error.stack } : { cause: describeError(error.cause) };
  return { error: error.message, ...code, ...cause };
}
