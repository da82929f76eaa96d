import { jsonBody, pageOf } from '../bodies.ts';
import { answer, json, problems, type Paths } from '../operation.ts';
import { functionName, paging, scheduleName, secretName } from '../parameters.ts';
import { documentErrors } from '../refusals.ts';
import { closed, listOf, ref } from '../schema.ts';

const parameters = [functionName, scheduleName];
const notThere = ['INVALID_NAME', 'INVALID_QUERY', 'FUNCTION_NOT_FOUND', 'SCHEDULE_NOT_FOUND'] as const;
const set = json(ref('SetScheduleReply'));
const secret = json(ref('SetSecretReply'));

/** Set times, and secrets. */
export const schedulePaths: Paths = {
  '/functions/{name}/schedules': {
    get: {
      operationId: 'schedules.list',
      summary: 'Lists the schedules of a function by name',
      tags: ['schedules'],
      parameters: [functionName],
      responses: {
        200: answer('All of them', json(closed({ schedules: listOf(ref('ScheduleSummary')) }))),
        ...problems(['INVALID_NAME', 'INVALID_QUERY', 'FUNCTION_NOT_FOUND']),
      },
    },
  },
  '/functions/{name}/schedules/{schedule}': {
    get: {
      operationId: 'schedules.show',
      summary: 'Shows a schedule with its event and its context',
      tags: ['schedules'],
      parameters,
      responses: { 200: answer('The schedule', json(ref('Schedule'))), ...problems(notThere) },
    },
    put: {
      operationId: 'schedules.set',
      summary: 'Has a function run at set times',
      tags: ['schedules'],
      parameters,
      requestBody: jsonBody(ref('ScheduleDefinition'), {
        cron: '30 2 * * *',
        timezone: 'Europe/Berlin',
        event: { name: 'night' },
      }),
      responses: {
        200: answer('It is another now', set),
        201: answer('It is new', set, ['Location']),
        ...problems([
          ...documentErrors,
          ...notThere,
          'INVALID_SCHEDULE',
          'EVENT_TOO_LARGE',
          'VERSION_NOT_FOUND',
          'ALIAS_NOT_FOUND',
        ]),
      },
    },
    patch: {
      operationId: 'schedules.setEnabled',
      summary: 'Switches a schedule on or off',
      tags: ['schedules'],
      parameters,
      requestBody: jsonBody(ref('ScheduleSwitch'), { enabled: false }),
      responses: {
        200: answer('The schedule', json(ref('Schedule'))),
        ...problems([...documentErrors, ...notThere, 'INVALID_SCHEDULE']),
      },
    },
    delete: {
      operationId: 'schedules.remove',
      summary: 'Removes a schedule',
      tags: ['schedules'],
      parameters,
      responses: { 204: answer('It is gone'), ...problems(notThere) },
    },
  },
  '/secrets': {
    get: {
      operationId: 'secrets.list',
      summary: 'Lists secrets by name, without their values',
      tags: ['secrets'],
      parameters: paging,
      responses: { 200: answer('A page', json(pageOf('secrets', 'Secret'))), ...problems(['INVALID_QUERY']) },
    },
  },
  '/secrets/{name}': {
    put: {
      operationId: 'secrets.set',
      summary: 'Sets a secret',
      tags: ['secrets'],
      parameters: [secretName],
      requestBody: jsonBody(ref('SecretValue')),
      responses: {
        200: answer('It has this value now', secret),
        201: answer('It is new', secret),
        ...problems([...documentErrors, 'INVALID_NAME', 'INVALID_QUERY', 'INVALID_SECRET']),
      },
    },
    delete: {
      operationId: 'secrets.remove',
      summary: 'Removes a secret',
      tags: ['secrets'],
      parameters: [secretName],
      responses: {
        204: answer('It is gone'),
        ...problems(['INVALID_NAME', 'INVALID_QUERY', 'SECRET_NOT_FOUND', 'SECRET_IN_USE']),
      },
    },
  },
};
