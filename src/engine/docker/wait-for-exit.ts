import type Docker from 'dockerode';
import { EngineError } from '../engine-error.ts';

/**
 * Asks for a container's exit code, which the engine answers when there is one. The engine sends the head of its answer at
 * once; one that dies afterwards breaks the connection, which docker-modem would never tell, so the body is read here.
 */
export async function waitForExit(docker: Docker, id: string, abortSignal: AbortSignal): Promise<number> {
  const body = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
    const options = {
      path: `/containers/${id}/wait?`,
      method: 'POST',
      isStream: true,
      abortSignal,
      statusCodes: { 200: true, 400: 'bad parameter', 404: 'no such container', 500: 'server error' },
    };
    const modem = docker.modem as { dial(options: object, done: (error: Error | null, answer: unknown) => void): void };
    modem.dial(options, (error, answer) => {
      if (error === null) resolve(answer as NodeJS.ReadableStream);
      else reject(error);
    });
  });
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of body) chunks.push(chunk as Buffer);
    return (JSON.parse(Buffer.concat(chunks).toString('utf8')) as { StatusCode: number }).StatusCode;
  } catch (error) {
    throw abortSignal.aborted ? error : new EngineError('unreachable', 'The engine broke off its answer', error);
  }
}
