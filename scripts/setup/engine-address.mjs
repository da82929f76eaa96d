import { request } from 'node:http';
import { SetupError } from './setup-error.mjs';

const usualAddress = 'unix:///var/run/docker.sock';

/** Where the container engine is: as the product's own setting says, else as Docker's does, else in the usual place. */
export function engineAddress(environment = process.env) {
  const [variable, address] = environment.SRAAS_ENGINE_HOST
    ? ['SRAAS_ENGINE_HOST', environment.SRAAS_ENGINE_HOST]
    : ['DOCKER_HOST', environment.DOCKER_HOST || usualAddress];
  if (!address.startsWith('unix://')) {
    throw new SetupError(
      `${variable} is ${address}, but the engine has to be on this machine: give it a unix:// address, or unset it.`,
    );
  }
  const socketPath = address.slice('unix://'.length);
  return { address, socketPath, usual: address === usualAddress, variable };
}

/**
 * Asks whether an engine answers.
 * @returns `{ state: 'answers', version }`, or state `denied` (this user may not), or `away`.
 */
export function askEngine(socketPath) {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/version', timeout: 10_000 }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      reply.on('end', () => resolve({ state: 'answers', version: versionIn(text) }));
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', (error) =>
      resolve({ state: error.code === 'EACCES' || error.code === 'EPERM' ? 'denied' : 'away' }),
    );
    asked.end();
  });
}

function versionIn(text) {
  try {
    return JSON.parse(text).Version ?? 'of unknown version';
  } catch {
    return 'of unknown version';
  }
}
