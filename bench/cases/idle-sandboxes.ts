import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import { atMost, type BenchCase, type Contest, type Figures } from '../bench-case.ts';
import { heldMb } from '../subjects/container-memory.ts';
import type { Subjects } from '../subjects/subjects.ts';

interface Interpreter {
  readonly runtime: string;
  readonly files: Readonly<Record<string, string>>;
  /** The first argument that is no flag of the interpreter ends with this. */
  readonly programEnding: string;
  /** What makes it wait without end, in the place of a program. */
  readonly idle: readonly string[];
}

const interpreters: readonly Interpreter[] = [
  {
    runtime: 'node24',
    files: { 'main.mjs': 'export const handler = (event) => event;\n' },
    programEnding: 'js',
    idle: ['-e', 'setInterval(() => {}, 2 ** 30)'],
  },
  {
    runtime: 'python3.13',
    files: { 'main.py': 'def handler(event, context):\n    return event\n' },
    programEnding: '.py',
    idle: ['-c', 'import time; time.sleep(1e9)'],
  },
];

/** Until what a start has left behind is gone. */
const restMs = 3000;

async function open(subjects: Subjects): Promise<Contest> {
  const { docker } = subjects;
  // So that every container of this server is one of a function.
  const server = await subjects.startServer(['--prepared-per-kind', '0']);
  const templates = new Map<Interpreter, Docker.ContainerInspectInfo>();
  const idleSandbox = async (interpreter: Interpreter): Promise<number> => {
    const name = `idle-${interpreter.runtime.replace('.', '-')}`;
    const config = { runtime: interpreter.runtime, handler: 'main.handler' };
    await server.client.deploy(name, config, { files: interpreter.files });
    try {
      await server.client.invoke(name, { event: 1 });
      await delay(restMs);
      const sandbox = await sandboxOf(docker, name);
      templates.set(interpreter, await sandbox.inspect());
      return await heldMb(sandbox);
    } finally {
      await server.client.remove(name);
    }
  };
  const idleInterpreter = async (interpreter: Interpreter): Promise<number> => {
    const template = templates.get(interpreter);
    if (template === undefined) throw new Error('There was no sandbox to do the same as');
    const container = await docker.createContainer(bareBody(template, interpreter));
    try {
      await container.start();
      await delay(restMs);
      return await heldMb(container);
    } finally {
      await container.remove({ force: true });
    }
  };
  const measured = async (measure: (interpreter: Interpreter) => Promise<number>): Promise<Figures> => {
    const figures: Record<string, number> = {};
    for (const interpreter of interpreters) figures[figureOf(interpreter)] = await measure(interpreter);
    return figures;
  };
  await measured(idleSandbox);
  return {
    ours: () => measured(idleSandbox),
    theirs: () => measured(idleInterpreter),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

async function sandboxOf(docker: Docker, functionName: string): Promise<Docker.Container> {
  const [found, ...more] = await docker.listContainers({ filters: { label: [`sraas.function=${functionName}`] } });
  if (found === undefined || more.length > 0) throw new Error(`${functionName} does not have one sandbox`);
  return docker.getContainer(found.Id);
}

/** A container like the sandbox, the interpreter's flags included, in which the interpreter alone waits. */
function bareBody({ Config, HostConfig }: Docker.ContainerInspectInfo, { programEnding, idle }: Interpreter) {
  const { Image, User, Env, Entrypoint, Cmd } = Config;
  const program = Cmd.findIndex((argument) => argument.endsWith(programEnding));
  return {
    ...{ Image, User, Env, WorkingDir: '/tmp', NetworkDisabled: true },
    ...(Entrypoint === undefined ? {} : { Entrypoint }),
    Cmd: [...Cmd.slice(0, program), ...idle],
    HostConfig: { ...HostConfig, Mounts: [] },
  } satisfies Docker.ContainerCreateOptions;
}

function figureOf({ runtime }: Interpreter): string {
  return `${runtime} MiB`;
}

export const idleSandboxesCase: BenchCase = {
  id: 'M2',
  what: 'memory of an idle sandbox after its first call',
  against: 'the bare interpreter idle in a container like it',
  bars: Object.fromEntries(interpreters.map((interpreter) => [figureOf(interpreter), atMost(1.15)])),
  rounds: 3,
  open,
};
