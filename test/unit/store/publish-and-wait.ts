/** Opens the store of a directory, publishes under a name if one is given, says so, and stays until it is killed. */
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { draft } from './drafts.ts';

const [directory = '', name, code] = process.argv.slice(2);
const store = await openSqliteStore({ directory });
if (name !== undefined) await store.functions.publish(draft(name, code));
process.stdout.write('ready\n');
process.stdin.resume();
