import type { Migration } from 'kysely';
import { up as functions } from './0001-functions.ts';
import { up as customRuntimes } from './0002-custom-runtimes.ts';
import { up as state } from './0003-state.ts';
import { up as changeNotices } from './0004-change-notices.ts';

/**
 * Every step from an empty database to this schema, by name. Steps are only ever added, with names that sort after the
 * last; a database that has taken more of them was written by a newer server.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-functions': { up: functions },
  '0002-custom-runtimes': { up: customRuntimes },
  '0003-state': { up: state },
  '0004-change-notices': { up: changeNotices },
};
