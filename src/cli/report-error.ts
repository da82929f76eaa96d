import { CommanderError } from 'commander';
import { ClientError } from '../client/client-error.ts';
import { ConfigError } from '../config/config-error.ts';
import { EngineError } from '../engine/engine-error.ts';
import { SraasError, type Violation } from '../errors.ts';
import { BackupError } from '../store/sqlite/backup/backup-error.ts';
import { exitCodes, type ExitCode } from './exit-code.ts';
import { UsageError } from './usage-error.ts';

/** An error in words: what a command prints of it, for people or as a document for machines. */
export interface ErrorReport {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly status?: number;
  readonly detail: string;
  readonly errors: readonly Violation[];
  readonly requestId?: string;
  /** Where an error came from that should not have been possible. */
  readonly stack?: string;
}

/** Says what went wrong and whose turn it is. Total: anything may be thrown. */
export function reportError(error: unknown): ErrorReport {
  if (error instanceof UsageError) {
    return { exitCode: exitCodes.usage, code: 'USAGE', detail: error.message, errors: [] };
  }
  if (error instanceof CommanderError) {
    const exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    return { exitCode, code: 'USAGE', detail: error.message, errors: [] };
  }
  if (error instanceof ConfigError) {
    const errors = error.problems.map((message) => ({ pointer: '', message }));
    return { exitCode: exitCodes.usage, code: 'INVALID_SETTINGS', detail: 'The settings cannot be used:', errors };
  }
  if (error instanceof BackupError) {
    return { exitCode: exitCodes.usage, code: 'INVALID_BACKUP', detail: error.message, errors: [] };
  }
  if (error instanceof ClientError) return ofClient(error);
  if (error instanceof SraasError) {
    const exitCode = error.kind.fault === 'caller' ? exitCodes.usage : exitCodes.platform;
    return { exitCode, code: error.code, detail: error.message, errors: error.violations };
  }
  if (error instanceof EngineError) {
    const code = `ENGINE_${error.code.toUpperCase()}`;
    return { exitCode: exitCodes.platform, code, detail: engineSentence(error), errors: [] };
  }
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    exitCode: exitCodes.platform,
    code: 'INTERNAL',
    detail,
    errors: [],
    ...(stack === undefined ? {} : { stack }),
  };
}

/** The report as lines for people. */
export function reportText(report: ErrorReport): string {
  const reasons = report.errors.map(({ pointer, message }) => `  ${pointer === '' ? '' : `${pointer}: `}${message}`);
  const request = report.requestId === undefined ? [] : [`  (request ${report.requestId})`];
  return [
    `error: ${report.detail}`,
    ...reasons,
    ...request,
    ...(report.stack === undefined ? [] : [report.stack]),
  ].join('\n');
}

/** The report as a document: the members of the API's own errors. */
export function reportDocument(report: ErrorReport): object {
  const { code, status, detail, errors, requestId } = report;
  return { code, status, detail, errors, request_id: requestId };
}

function ofClient(error: ClientError): ErrorReport {
  const { code, status, errors, requestId } = error;
  // 429 is a platform that is full, not a caller who is wrong.
  const callersFault = code !== 'UNEXPECTED_REPLY' && status !== undefined && status < 500 && status !== 429;
  // The server did its part; what it was given to build did not work out.
  const isBuild = code === 'RUNTIME_BUILD_FAILED';
  const retry = error.retryAfterSeconds === undefined ? '' : ` Try again in ${error.retryAfterSeconds} s.`;
  return {
    exitCode: isBuild ? exitCodes.functionFailed : callersFault ? exitCodes.usage : exitCodes.platform,
    code,
    detail: error.detail + retry,
    errors,
    ...(status === undefined ? {} : { status }),
    ...(requestId === undefined || status === undefined || status < 500 ? {} : { requestId }),
  };
}

function engineSentence(error: EngineError): string {
  switch (error.code) {
    case 'unreachable':
      return `No container engine answers (${error.message}): start it, or run \`sraas doctor\` to see what is missing.`;
    case 'permission_denied':
      return `This user may not speak to the container engine (${error.message}): \`sraas doctor\` says what mends it.`;
    case 'timeout':
    case 'image_not_found':
    case 'container_not_found':
    case 'network_not_found':
    case 'conflict':
    case 'build_failed':
    case 'refused':
      return `The container engine failed: ${error.message}`;
    default:
      return error.code satisfies never;
  }
}
