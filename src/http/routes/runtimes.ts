import { Router, type Request, type Response } from 'express';
import type { CustomImages } from '../../runtimes/custom/custom-images.ts';
import type { CustomRuntimes } from '../../runtimes/custom/custom-runtimes.ts';
import { defineRuntime, type DefineRuntimeParts } from '../../runtimes/custom/define-runtime.ts';
import type { Runtimes } from '../../runtimes/runtimes.ts';
import type { BuildLogDocument } from '../../wire/build.ts';
import type { PrunedImage } from '../../wire/runtime.ts';
import { answerWithBuild, lineEvent } from '../build-answer.ts';
import { CodeRequestReader } from '../code-request.ts';
import { EventQueue } from '../event-queue.ts';
import { eventStreamHeaders, streamed, streamEvents } from '../event-stream.ts';
import { onlyParameters } from '../only-parameters.ts';
import { buildToWire, runtimeToWire } from '../runtime-wire.ts';
import type { ErrorTelling } from '../told-error.ts';
import type { FunctionRoutesParts } from './functions.ts';

export interface RuntimeRoutesParts
  extends ErrorTelling, Pick<FunctionRoutesParts, 'artifactLimits' | 'diskSpace' | 'maxDeployBytes'> {
  readonly artifacts: FunctionRoutesParts['artifacts'] & DefineRuntimeParts['artifacts'];
  readonly runtimes: Runtimes;
  readonly customRuntimes: CustomRuntimes;
  readonly images: Pick<CustomImages, 'check' | 'collect'>;
}

/** Runtimes, their builds, and the images that nothing refers to any more. */
export function runtimeRoutes(parts: RuntimeRoutesParts): Router {
  const { runtimes, customRuntimes: custom, images, artifacts } = parts;
  const reader = new CodeRequestReader({ ...parts, documents: ['config'], filesOptional: true });
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/runtimes', async (request, response) => {
    onlyParameters(request);
    response.json({ runtimes: (await runtimes.show()).map(runtimeToWire) });
  });

  router.get('/runtimes/:name', async (request, response) => {
    onlyParameters(request);
    response.json(runtimeToWire(await runtimes.showOne(request.params.name)));
  });

  router.put('/runtimes/:name', async (request, response) => {
    onlyParameters(request);
    const { name } = request.params;
    await parts.diskSpace.requireRoomFor('deploys');
    await using code = await reader.read(request, response);
    const files = code.hasFiles ? code.files : undefined;
    await answerWithBuild(request, response, parts, async (onLine) => {
      const build = await defineRuntime({ artifacts, images, custom }, name, code.config, files);
      const unfollow = build.follow(onLine);
      await build.finished.finally(unfollow);
      const document = runtimeToWire(await runtimes.showOne(name));
      return build.isNew
        ? { status: 201, headers: { Location: `/runtimes/${name}` }, document }
        : { status: 200, document };
    });
  });

  router.delete('/runtimes/:name', async (request, response) => {
    onlyParameters(request);
    await custom.remove(request.params.name);
    response.status(204).end();
  });

  router.get('/runtimes/:name/build', async (request, response) => {
    onlyParameters(request, 'follow');
    if (request.query['follow'] === 'true') await followBuild(custom, request, response);
    else response.json(await lastBuild(custom, request.params.name));
  });

  router.delete('/runtimes/:name/build', async (request, response) => {
    onlyParameters(request);
    await custom.cancel(request.params.name);
    response.status(204).end();
  });

  router.post('/images/prune', async (request, response) => {
    onlyParameters(request);
    const removed = await images.collect(0);
    response.json({
      removed: removed.map(({ imageId, sizeBytes }): PrunedImage => ({ image: imageId, size_bytes: sizeBytes })),
    });
  });

  return router;
}

async function lastBuild(custom: CustomRuntimes, name: string): Promise<BuildLogDocument> {
  const { build, log } = await custom.lastBuild(name);
  return { ...buildToWire(build), log };
}

/** `log` events, then one `end` with the build. Of a build that has ended already there is the kept log, in one event. */
async function followBuild(
  custom: CustomRuntimes,
  request: Request<{ name: string }>,
  response: Response,
): Promise<void> {
  const { name } = request.params;
  const { build, log } = await custom.lastBuild(name);
  if (request.method === 'HEAD' || response.destroyed) {
    response.writeHead(200, eventStreamHeaders).end();
    return;
  }
  const queue = new EventQueue();
  const left = new AbortController();
  response.once('close', () => {
    left.abort();
  });
  const follow = async (): Promise<void> => {
    const isFollowed = await custom.follow(
      name,
      (line) => {
        queue.push(lineEvent(line));
      },
      left.signal,
    );
    if (!isFollowed) {
      for (const text of log.split('\n').filter((line) => line !== '')) {
        queue.push(streamed({ event: 'log', at: null, text, line: null }));
      }
    }
    queue.end({
      name: 'end',
      data: isFollowed ? buildToWire((await custom.lastBuild(name)).build) : buildToWire(build),
    });
  };
  follow().catch(() => {
    // The runtime was removed meanwhile: there is no more to tell.
    queue.end();
  });
  await streamEvents(response, queue);
}
