import { Router, type Request, type Response } from 'express';
import { SraasError } from '../../errors.ts';
import type { FunctionPolicy } from '../../functions/function-policy.ts';
import type { RuntimeDirectory } from '../../functions/require-runtime.ts';
import { checkEnvelope } from '../../invocations/envelope.ts';
import type { RunOnce } from '../../invocations/run-once.ts';
import type { Languages } from '../../languages/language.ts';
import { isProgramDocument, parseProgramDocument } from '../../programs/program-document.ts';
import { sourceOf } from '../../programs/program-source.ts';
import type { Programs } from '../../programs/program.ts';
import { CodeRequestReader, type CodeRequest } from '../code-request.ts';
import { keyedAnswer, sendAnswer } from '../keyed-answer.ts';
import { programAnswer, streamProgram, wantsEvents } from '../program-answer.ts';
import type { ErrorTelling } from '../told-error.ts';
import type { FunctionRoutesParts } from './functions.ts';
import { answerWith, beginInvocation, callerOf, invocationRoute } from './invoke.ts';

export interface RunRoutesParts
  extends
    ErrorTelling,
    Pick<FunctionRoutesParts, 'artifacts' | 'artifactLimits' | 'diskSpace' | 'keyed' | 'maxDeployBytes'> {
  readonly runOnce: Pick<RunOnce, 'run'>;
  readonly programs: Programs;
  readonly languages: Languages;
  readonly runtimes: RuntimeDirectory;
  readonly policy: FunctionPolicy;
  readonly maxEventBytes: number;
}

/** `POST /run`: a handler or a program, once, without deploying it. */
export function runRoutes(parts: RunRoutesParts): Router {
  const codeReader = new CodeRequestReader({ ...parts, documents: ['config', 'envelope'], filesOptional: true });
  const router = Router({ caseSensitive: true, strict: true });

  router.post('/run', async (request, response) => {
    const invocationId = beginInvocation(response);
    await parts.diskSpace.requireRoomFor('deploys');
    await using code = await codeReader.read(request, response);
    if (code.envelope === undefined && isProgramDocument(code.document, code.hasFiles)) {
      await runProgram(parts, { request, response, invocationId, code });
    } else {
      await runHandler(parts, { request, response, invocationId, code });
    }
  });

  return router;
}

interface Run {
  readonly request: Request;
  readonly response: Response;
  readonly invocationId: string;
  readonly code: CodeRequest;
}

async function runHandler(parts: RunRoutesParts, { request, response, invocationId, code }: Run): Promise<void> {
  code.requireFiles();
  checkEnvelope(code.envelope);
  const envelope = Buffer.from(JSON.stringify(code.envelope));
  if (envelope.length > parts.maxEventBytes) {
    throw new SraasError('EVENT_TOO_LARGE', `The envelope may have at most ${parts.maxEventBytes} bytes.`);
  }
  const route = { ...invocationRoute(parts, invocationId), scope: 'POST /run', body: code.fingerprinted };
  const answer = await keyedAnswer(request, response, route, async (hold) => {
    const call = { invocationId, envelope, ...callerOf(response, hold) };
    return answerWith(await parts.runOnce.run(code.config, code.files, call));
  });
  sendAnswer(response, answer);
}

async function runProgram(parts: RunRoutesParts, { request, response, invocationId, code }: Run): Promise<void> {
  const wanted = parseProgramDocument(code.document, parts.policy, code.hasFiles ? code.files : undefined);
  const { stdin, environment, limits, network, output } = wanted;
  const program = { id: invocationId, ...sourceOf(wanted, parts), stdin, environment, limits, network };
  if (wantsEvents(request)) {
    refuseKey(request);
    const { signal } = callerOf(response, undefined);
    await streamProgram(response, parts, { ...program, signal }, output);
    return;
  }
  const route = { ...invocationRoute(parts, invocationId), scope: 'POST /run', body: code.fingerprinted };
  const answer = await keyedAnswer(request, response, route, async (hold) => {
    const { signal, onBegun } = callerOf(response, hold);
    const call = { ...program, signal, ...(onBegun === undefined ? {} : { onStarted: onBegun }) };
    return await programAnswer(parts.programs, call, output);
  });
  sendAnswer(response, answer);
}

/** A stream cannot be told again. */
function refuseKey(request: Request): void {
  if (request.headers['idempotency-key'] === undefined) return;
  throw new SraasError(
    'INVALID_IDEMPOTENCY_KEY',
    'A program that is followed takes no idempotency key: leave one of the two out.',
  );
}
