import { readdir, readFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import { Gauge, type Registry } from './prom-client.ts';
import { readCounter, readGauge } from './readings.ts';

/**
 * Declares what a process tells of itself, by the names that Prometheus' clients agree on:
 * https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics. All of it is looked at when it is scraped; nothing
 * watches meanwhile. Added up over several processes they are what all use together.
 */
export function processMetrics(registry: Registry): void {
  readGauge(registry, { name: 'sraas_processes', help: 'Processes that these metrics are of', read: () => 1 });
  readCounter(registry, {
    name: 'process_cpu_seconds_total',
    help: 'Processor time, of the user and the system',
    read: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  });
  readCounter(registry, {
    name: 'sraas_event_loop_busy_seconds_total',
    help: 'Time in which the event loop had something to do',
    read: () => performance.eventLoopUtilization().active / 1000,
  });
  readGauge(registry, {
    name: 'process_resident_memory_bytes',
    help: 'Memory in use',
    read: () => process.memoryUsage.rss(),
  });
  readGauge(registry, {
    name: 'nodejs_heap_size_used_bytes',
    help: 'What of the heap of JavaScript objects is in use',
    read: () => process.memoryUsage().heapUsed,
  });
  readGauge(registry, {
    name: 'nodejs_external_memory_bytes',
    help: 'Memory of buffers and the like, outside of the heap',
    read: () => process.memoryUsage().external,
  });
  readGauge(registry, { name: 'process_open_fds', help: 'Open file descriptors', read: openDescriptors });
  readGauge(registry, {
    name: 'process_max_fds',
    help: 'Most file descriptors that may be open',
    read: maxDescriptors,
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When it was started, in seconds since 1970',
    registers: [registry],
    aggregator: 'min',
  }).set(performance.timeOrigin / 1000);
}

async function openDescriptors(): Promise<number> {
  // One is the folder itself.
  return (await readdir('/proc/self/fd')).length - 1;
}

async function maxDescriptors(): Promise<number | undefined> {
  const limit = /^Max open files\s+(\d+)/m.exec(await readFile('/proc/self/limits', 'utf8'))?.[1];
  return limit === undefined ? undefined : Number(limit);
}
