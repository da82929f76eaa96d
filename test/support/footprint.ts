import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** What this process, and with it a server that runs in it, holds at one moment. */
export interface Footprint {
  /** Everything open but sockets: files, FIFOs, control groups; and connections of sandboxes, which have a path. Sorted. */
  readonly held: readonly string[];
  /** Connections that this process made over Unix sockets: to the engine. They are kept for some seconds once idle. */
  readonly dialled: number;
  readonly timers: number;
  readonly prototypeKeys: readonly string[];
}

export function footprint(): Footprint {
  const sockets = unixSockets();
  const held: string[] = [];
  let dialled = 0;
  for (const descriptor of readdirSync('/proc/self/fd')) {
    const target = targetOf(descriptor);
    const inode = /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1];
    // A socket that is not a Unix one belongs to a client's connection, which comes and goes by keep-alive.
    const path = inode === undefined ? target : sockets.get(inode);
    if (path === undefined) continue;
    if (path === '') dialled++;
    else held.push(path);
  }
  return {
    held: held.sort(),
    dialled,
    timers: process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length,
    prototypeKeys: Reflect.ownKeys(Object.prototype).map(String),
  };
}

/** What is held now and was not before. */
export function gained(before: readonly string[], now: readonly string[]): readonly string[] {
  const rest = [...before];
  return now.filter((item) => {
    const index = rest.indexOf(item);
    if (index >= 0) rest.splice(index, 1);
    return index < 0;
  });
}

/** The listing itself has a descriptor, which is gone by the time it is looked at. */
function targetOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}

/** Path by inode; empty for a socket that was not bound, as a dialling one is not. Source: proc_net_unix(5). */
function unixSockets(): ReadonlyMap<string, string> {
  const sockets = new Map<string, string>();
  for (const line of readFileSync('/proc/self/net/unix', 'utf8').split('\n').slice(1)) {
    const [, , , , , , inode = '', path = ''] = line.trim().split(/\s+/);
    sockets.set(inode, path);
  }
  return sockets;
}
