import type { CatalogAliases, CatalogFunctions } from '../functions/catalog.ts';
import type { ServerCalls } from './calls.ts';
import type { Link } from './link.ts';

type Server = Pick<Link<ServerCalls>, 'call'>;

/** The functions of a server, as a worker looks them up. It removes none: such requests go to the server. */
export function remoteFunctions(server: Server): CatalogFunctions {
  return {
    find: (name) => server.call('findFunction', name),
    findVersion: (name, number) => server.call('findVersion', name, number),
    list: (request) => server.call('listFunctions', request),
    listVersions: (name, request) => server.call('listVersions', name, request),
    remove: notHere,
    removeVersion: notHere,
  };
}

/** The aliases of them. */
export function remoteAliases(server: Server): CatalogAliases {
  return {
    find: (functionName, name) => server.call('findAlias', functionName, name),
    list: (functionName) => server.call('listAliases', functionName),
    all: () => server.call('allAliases'),
  };
}

function notHere(): Promise<never> {
  return Promise.reject(new TypeError('A worker changes nothing'));
}
