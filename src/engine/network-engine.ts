/** A bridge network as the platform asks for it. */
export interface NetworkSpec {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Name of the bridge's interface on the engine's machine, at most 15 characters. */
  readonly bridge: string;
}

/** What an engine says a network is. */
export interface RecordedNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly bridge: string;
  /** The one range of IPv4 addresses that its containers have, in CIDR form; empty when there is none, or more than one. */
  readonly subnet: string;
  /** What is other than every network of the platform should be, in the engine's words; empty when all is well. */
  readonly unexpected: readonly string[];
}

/**
 * The part of the port to a container engine that is about networks. The adapter makes bridges without IPv6, without traffic
 * between their containers, and without address translation of the engine's own. Every call rejects with an `EngineError` and
 * nothing else.
 */
export interface NetworkEngine {
  /** Undefined when there is none of exactly that name. */
  findNetwork(name: string): Promise<RecordedNetwork | undefined>;
  /** Rejects with `conflict` when the name is taken. */
  createNetwork(spec: NetworkSpec): Promise<void>;
  /** Rejects while containers are attached. One that is gone already is a success. */
  removeNetwork(name: string): Promise<void>;
}
