import type { Response } from 'express';
import type { SraasError } from '../../errors.ts';
import { sendJson } from '../send-json.ts';
import { wholeMessage } from '../whole-message.ts';

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

export function sendExecReply(response: Response, status: number, reply: ExecReply): void {
  sendJson(response, status, execText(reply));
}

/** An error as functron's clients read it. */
export function errorForm(error: SraasError): { readonly type: string; readonly body: string } {
  return { type: 'application/json', body: execText({ errors: [wholeMessage(error)] }) };
}

/** All seven members are always there, and the texts in base64, as functron's clients need it. */
function execText(reply: ExecReply): string {
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
  return `${JSON.stringify(document)}\n`;
}
