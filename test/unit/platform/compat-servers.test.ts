import { describe, expect, it } from 'vitest';
import { CompatServers, type CompatServer } from '../../../src/platform/compat-servers.ts';

/** A server that only says what is done to it. */
function told(calls: string[], name: string, failure?: Error): CompatServer {
  return {
    port: 1,
    server: {
      listen: (host, port) => {
        calls.push(`${name} listens on ${host}:${port}`);
        return failure === undefined ? Promise.resolve(`http://${name}`) : Promise.reject(failure);
      },
      stopListening: () => calls.push(`${name} stops`),
      close: (withinMs) => {
        calls.push(`${name} closes within ${withinMs}`);
        return Promise.resolve();
      },
    },
  };
}

describe('the servers of the compatibility APIs', () => {
  it('listen on the host of the server, and tell their addresses by name', async () => {
    const calls: string[] = [];
    const servers = new CompatServers(
      new Map([['ranna', told(calls, 'a')] as const, ['scaas', told(calls, 'b')]]),
      '::1',
    );
    expect(await servers.listen()).toEqual({ ranna: 'http://a', scaas: 'http://b' });
    expect(calls).toEqual(['a listens on ::1:1', 'b listens on ::1:1']);
  });

  it('end what has become another protocol before they wait for their connections to end', async () => {
    const calls: string[] = [];
    const upgraded = { stopListening: () => calls.push('sockets stop'), close: () => calls.push('sockets close') };
    const servers = new CompatServers(new Map([['ranna', { ...told(calls, 'a'), upgraded }]]), 'h');
    servers.stopListening();
    expect(calls.splice(0)).toEqual(['sockets stop', 'a stops']);
    await servers.close(5);
    expect(calls).toEqual(['sockets stop', 'a stops', 'sockets close', 'a closes within 5']);
  });

  it('say which port is taken, and what to do', async () => {
    const taken = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
    const servers = new CompatServers(new Map([['tdd-app', told([], 'a', taken)]]), 'h');
    await expect(servers.listen()).rejects.toThrow(
      'The port 1 of the API of tdd-app is taken: choose another with --tdd-app-port',
    );
  });

  it('fail to listen with the reason of the one that does', async () => {
    const servers = new CompatServers(new Map([['ranna', told([], 'a', new Error('EACCES'))]]), 'h');
    await expect(servers.listen()).rejects.toThrow('EACCES');
  });
});
