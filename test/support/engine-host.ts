/** Address of the engine that tests use: the one that the environment names, or Docker's own. */
export const engineHost: string =
  process.env['SRAAS_ENGINE_HOST'] ?? process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
