import type { EngineErrorCode } from '../../engine/engine-error.ts';
import type { EngineInfo } from '../../engine/engine.ts';

/** What was found out about this machine, before anything is judged. */
export interface Facts {
  readonly nodeVersion: string;
  /** User id of this process; undefined where there is no such thing. */
  readonly userId: number | undefined;
  /** What is wrong with the settings; when something is, the facts below are about the default settings. */
  readonly settingProblems: readonly string[];
  readonly engine: EngineFacts;
  /** The low-level runtime that the settings ask for; empty for the engine's own. */
  readonly wantedEngineRuntime: string;
  /** Undefined when the engine could not be asked. */
  readonly images: readonly ImageFacts[] | undefined;
  readonly dataDirectory: DirectoryFacts;
  /** The PostgreSQL that the settings name; undefined when state is in the data directory. */
  readonly database: DatabaseFacts | undefined;
  /** Free space below which deploys are refused. */
  readonly lowDiskBytes: number;
  readonly port: PortFacts;
}

export interface EngineFacts {
  readonly address: string;
  readonly answer:
    | { readonly reached: true; readonly info: EngineInfo }
    | { readonly reached: false; readonly code: EngineErrorCode; readonly message: string };
}

interface ImageFacts {
  readonly runtime: string;
  readonly ready: boolean;
}

export interface DirectoryFacts {
  readonly path: string;
  /** Undefined when it does not exist. */
  readonly found:
    | {
        readonly isDirectory: boolean;
        readonly ownerId: number;
        /** Permission bits, 0o700 for example. */
        readonly mode: number;
      }
    | undefined;
  /** Space for its files, or those of the folder it will be made in; undefined when that cannot be told. */
  readonly freeBytes: number | undefined;
}

export type DatabaseFacts =
  | {
      readonly usable: true;
      /** What it is and where. */
      readonly found: string;
      /** Steps that it lacks of this version's schema. */
      readonly stepsBehind: number;
    }
  | { readonly usable: false; readonly message: string };

export interface PortFacts {
  readonly host: string;
  readonly port: number;
  /** `ours`: a server of this product answers there. `taken`: something else has it. `refused`: it may not be used. */
  readonly state: 'free' | 'ours' | 'taken' | 'refused';
}
