import type { Fetch } from '../client/connection.ts';

/** All that the commands touch outside themselves, so that a test can stand in for a terminal, an environment, a user. */
export interface World {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly isTerminal: { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean };
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  /** Root of the installed product: the folder with its package.json and images/. */
  readonly installDirectory: string;
  /** Version of Node without its `v`. */
  readonly nodeVersion: string;
  /** User id of this process; undefined where there is no such thing. */
  readonly userId: number | undefined;
  readonly fetch: Fetch;
  /** Asks for one line at the terminal and shows nothing of what is typed; undefined when the question was left. */
  askHidden(question: string): Promise<string | undefined>;
  /** Calls the listener for each request to stop, with the exit code that a shell expects after it; returns how to end that. */
  onStopSignal(listener: (exitCode: number) => void): () => void;
  /** Ends the process at once, whatever still runs. */
  exitNow(exitCode: number): void;
}

interface TextSink {
  /** False when what was written waits in memory for its reader. */
  write(text: string | Uint8Array): unknown;
  /** Width of the terminal in characters. */
  readonly columns?: number | undefined;
  /** Tells once when nothing waits any more, or when its reader has gone, so that nothing written arrives any more. */
  once?(event: 'drain' | 'error', listener: () => void): unknown;
}
