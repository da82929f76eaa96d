import type {
  ScheduleDefinitionDocument,
  ScheduleDocument,
  ScheduleSummary,
  SetScheduleReply,
} from '../wire/schedule.ts';
import type { Connection } from './connection.ts';
import { exchange } from './exchange.ts';
import { functionPath, schedulePath } from './paths.ts';

/** The part of the client that is about functions that run at set times. It rejects as the client does. */
export class SchedulesClient {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The schedules of a function by name. */
  async list(functionName: string): Promise<readonly ScheduleSummary[]> {
    const path = `${functionPath(functionName)}/schedules`;
    const { document } = await exchange(this.#connection, { method: 'GET', path });
    return (document as { readonly schedules: readonly ScheduleSummary[] }).schedules;
  }

  async show(functionName: string, schedule: string): Promise<ScheduleDocument> {
    const path = schedulePath(functionName, schedule);
    return (await exchange(this.#connection, { method: 'GET', path })).document as ScheduleDocument;
  }

  /** Makes a schedule, or gives it another definition. */
  async set(functionName: string, schedule: string, definition: ScheduleDefinitionDocument): Promise<SetScheduleReply> {
    const request = { method: 'PUT', path: schedulePath(functionName, schedule), body: definition } as const;
    return (await exchange(this.#connection, request)).document as SetScheduleReply;
  }

  /** Switches a schedule on or off. */
  async setEnabled(functionName: string, schedule: string, enabled: boolean): Promise<ScheduleDocument> {
    const request = { method: 'PATCH', path: schedulePath(functionName, schedule), body: { enabled } } as const;
    return (await exchange(this.#connection, request)).document as ScheduleDocument;
  }

  async remove(functionName: string, schedule: string): Promise<void> {
    await exchange(this.#connection, { method: 'DELETE', path: schedulePath(functionName, schedule) });
  }
}
