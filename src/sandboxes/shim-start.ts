import { sandboxPaths } from '../../runtime/protocol.ts';
import type { HandlerRuntime } from '../runtimes/runtime.ts';

/** The command that starts a language's shim, without the options of the shim itself. */
export function shimCommand({ interpreter, language }: HandlerRuntime, memoryMb: number): readonly string[] {
  switch (language) {
    case 'node':
      // Below the container's limit, so that V8 collects garbage before the kernel kills.
      return [
        interpreter,
        `--max-old-space-size=${Math.floor(memoryMb * 0.75)}`,
        // Node's advice on how an upload's package.json is written is nothing that its handler said.
        '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
        sandboxPaths.nodeShim,
      ];
    case 'python':
      // Isolated from the image's PYTHON… variables; nothing is written beside the code, which is read-only; text is UTF-8.
      return [interpreter, '-I', '-B', '-X', 'utf8', sandboxPaths.pythonShim];
    default:
      return language satisfies never;
  }
}

/** What a language looks for in the environment, set so that an image decides nothing by it. */
export function languageEnvironment(language: HandlerRuntime['language']): Readonly<Record<string, string>> {
  switch (language) {
    case 'node':
      return { NODE_ENV: 'production', NODE_OPTIONS: '' };
    case 'python':
      // For Python that a handler starts as a child: the shim's own does not look at them.
      return { PYTHONUNBUFFERED: '1', PYTHONDONTWRITEBYTECODE: '1', PYTHONPATH: '' };
    default:
      return language satisfies never;
  }
}
