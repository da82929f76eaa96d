import { Router, type Response } from 'express';
import { parseSwitch } from '../../schedules/schedule-document.ts';
import { encodeSchedule, scheduleToWire } from '../../schedules/schedule-wire.ts';
import type { Schedules } from '../../schedules/schedules.ts';
import { parseJson, requireJson } from '../json.ts';
import { onlyParameters } from '../only-parameters.ts';
import { BodyReader } from '../read-body.ts';

export interface ScheduleRoutesParts {
  readonly schedules: Schedules;
  readonly maxEventBytes: number;
}

/** What a document may have beside its event and its context. */
const definitionBytes = 10_000;
const maxSwitchBytes = 1000;

/** The schedules of functions. */
export function scheduleRoutes({ schedules, maxEventBytes }: ScheduleRoutesParts): Router {
  const bodies = new BodyReader(maxEventBytes + definitionBytes, 'EVENT_TOO_LARGE');
  const switches = new BodyReader(maxSwitchBytes, 'BODY_TOO_LARGE', false);
  const router = Router({ caseSensitive: true, strict: true });

  router.get('/functions/:name/schedules', async (request, response) => {
    onlyParameters(request);
    response.json({ schedules: (await schedules.list(request.params.name)).map(scheduleToWire) });
  });

  router.get('/functions/:name/schedules/:schedule', async (request, response) => {
    onlyParameters(request);
    send(response, encodeSchedule(await schedules.show(request.params.name, request.params.schedule)));
  });

  router.put('/functions/:name/schedules/:schedule', async (request, response) => {
    onlyParameters(request);
    const { name, schedule: scheduleName } = request.params;
    requireJson(request);
    const bytes = await bodies.read(request, response);
    const document = parseJson(bytes);
    const { outcome, schedule } = await schedules.put(name, scheduleName, { document, bytes });
    if (outcome === 'created') response.status(201).set('Location', `/functions/${name}/schedules/${scheduleName}`);
    send(response, encodeSchedule(schedule, { outcome }));
  });

  router.patch('/functions/:name/schedules/:schedule', async (request, response) => {
    onlyParameters(request);
    requireJson(request);
    const enabled = parseSwitch(parseJson(await switches.read(request, response)));
    send(response, encodeSchedule(await schedules.setEnabled(request.params.name, request.params.schedule, enabled)));
  });

  router.delete('/functions/:name/schedules/:schedule', async (request, response) => {
    onlyParameters(request);
    await schedules.remove(request.params.name, request.params.schedule);
    response.status(204).end();
  });

  return router;
}

function send(response: Response, body: Buffer): void {
  response.set({ 'Content-Type': 'application/json; charset=utf-8', 'Content-Length': String(body.length) });
  response.end(body);
}
