import { createHash } from 'node:crypto';
import type { Form } from '../form.ts';
import { isFunctionId } from './deployment.ts';
import { ScaasRefusal, type ParameterFault } from './refusal.ts';

/** A wish to deploy one Python file. */
export interface DeployRequest {
  readonly functionId: string;
  readonly hash: string;
  readonly entryPoint: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly pids: number;
  readonly source: Buffer;
}

/** @throws ScaasRefusal 422 with all parameters that are wrong; 400 for a file that is no Python, or another than its hash says. */
export function parseDeployRequest(query: URLSearchParams, form: Form): DeployRequest {
  const faults: ParameterFault[] = [];
  const text = (name: string): string => {
    const value = query.get(name);
    if (value === null) faults.push({ type: 'missing', loc: ['query', name], msg: 'Field required' });
    return value ?? '';
  };
  const amount = (name: string, usual: number, type: 'int' | 'float'): number => {
    const given = query.get(name);
    const value = given === null ? usual : Number(given.trim() === '' ? Number.NaN : given);
    if (Number.isFinite(value) && (type === 'float' || Number.isInteger(value))) return value;
    const msg = `Input should be a valid ${type === 'int' ? 'integer' : 'number'}`;
    faults.push({ type: `${type}_parsing`, loc: ['query', name], msg });
    return usual;
  };
  const request = {
    functionId: text('function_id'),
    hash: text('hash_code'),
    entryPoint: query.get('entry_point') ?? 'main.handler',
    cpus: amount('cpu_cores', 0.5, 'float'),
    memoryMb: amount('memory_mb', 256, 'int'),
    pids: amount('pid_limit', 64, 'int'),
  };
  if (query.has('function_id') && !isFunctionId(request.functionId)) {
    const msg = 'Use 1 to 100 letters, digits, "_", "." and "-", the first of them a letter or digit';
    faults.push({ type: 'value_error', loc: ['query', 'function_id'], msg });
  }
  const file = form.files.get('file');
  if (file === undefined) faults.push({ type: 'missing', loc: ['body', 'file'], msg: 'Field required' });
  if (file === undefined || faults.length > 0) throw new ScaasRefusal(422, faults);
  if (!file.name.endsWith('.py')) throw new ScaasRefusal(400, 'Only .py files are accepted');
  const hash = createHash('sha256').update(file.content).digest('hex');
  if (hash !== request.hash) {
    throw new ScaasRefusal(400, `Hash mismatch: expected ${request.hash}, got ${hash}`);
  }
  return { ...request, source: file.content };
}
