import type { Response } from 'express';
import { sendJson } from '../send-json.ts';

/** What became of a request, in functron's terms; what is left out is empty. */
export interface ExecReply {
  readonly errors: readonly string[];
  readonly buildOutput?: string;
  /** Only of a build that failed. */
  readonly buildErrors?: string;
  readonly stdout?: Uint8Array;
  readonly stderr?: Uint8Array;
  readonly tempName?: string;
  readonly detailedError?: string;
}

/** Sends it: all seven members are always there, and the texts in base64, as functron's clients need it. */
export function sendExecReply(response: Response, status: number, reply: ExecReply): void {
  const { errors, buildOutput = '', buildErrors = '', stdout = [], stderr = [], tempName, detailedError } = reply;
  const document = {
    BuildContextStderr: Buffer.from(buildErrors).toString('base64'),
    BuildContextStdout: Buffer.from(buildOutput).toString('base64'),
    CleanupErr: '',
    CleanupOut: '',
    CmdErr: Buffer.from(stderr).toString('base64'),
    CmdOut: Buffer.from(stdout).toString('base64'),
    ...(detailedError === undefined ? {} : { DetailedError: detailedError }),
    Errors: errors,
    ...(tempName === undefined ? {} : { TempName: tempName }),
  };
  sendJson(response, status, `${JSON.stringify(document)}\n`);
}
