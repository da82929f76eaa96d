import { AggregatorRegistry, Registry } from './prom-client.ts';

/** All metrics of one process at one moment, as data that can be sent. */
export type MetricSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>;

/** What several processes tell, as one: added up, but for what says of itself that it is the least or the first. */
export async function addedUp(snapshots: readonly MetricSnapshot[]): Promise<MetricSnapshot> {
  return await AggregatorRegistry.aggregate([...snapshots]).getMetricsAsJSON();
}

/** What of a snapshot stays true when its process has gone: what was counted. */
export function counted(snapshot: MetricSnapshot): MetricSnapshot {
  // The words of the wire: the type is an enumeration for the compiler only.
  const isCounted = (type: string): boolean => type === 'counter' || type === 'histogram';
  return snapshot.filter(({ type }) => isCounted(String(type)));
}

/** The media type of the text. */
export const textType = Registry.PROMETHEUS_CONTENT_TYPE;

/** The text of several snapshots, added up, in Prometheus' text format, version 0.0.4. */
export async function textOf(snapshots: readonly MetricSnapshot[]): Promise<string> {
  return await AggregatorRegistry.aggregate([...snapshots]).metrics();
}
