import { Readable } from 'node:stream';
import { SraasError } from '../../errors.ts';
import type { FunctionCatalog } from '../../functions/catalog.ts';
import type { Deployer } from '../../functions/deploy.ts';
import { tagOfFunction } from '../../functions/entity-tag.ts';
import type { DeployedFunction } from '../../functions/function.ts';
import type { FunctionPolicy } from '../../functions/function-policy.ts';
import type { InvocationRequest, Invoker } from '../../invocations/invoker.ts';
import type { Reply } from '../../invocations/reply.ts';
import type { DeployRequest } from './deploy-request.ts';
import { deploymentId, deploymentLabels, functionNameOf, parseDeploymentId } from './deployment.ts';
import { deploymentNotFound } from './refusal.ts';

export interface DeploymentsParts {
  readonly deployer: Pick<Deployer, 'deploy'>;
  readonly catalog: Pick<FunctionCatalog, 'show' | 'remove'>;
  readonly invoker: Pick<Invoker, 'invoke'>;
  readonly policy: Pick<FunctionPolicy, 'maxTimeoutMs'>;
  /** The Python to run on: one that is there, if any is. */
  readonly chooseRuntime: () => Promise<string>;
}

/** The time that SRaaS's service gave a call. */
const timeoutMs = 15_000;

/**
 * Deployments as functions of this server: each function id is one, whose newest version is the deployment. So a deployment
 * outlives a restart, and one of an older hash is gone as soon as a newer one has been published.
 */
export class Deployments {
  readonly #parts: DeploymentsParts;

  constructor(parts: DeploymentsParts) {
    this.#parts = parts;
  }

  /** @returns the deployment's id. @throws SraasError what a deploy throws. */
  async deploy({ functionId, hash, entryPoint, source, ...limits }: DeployRequest): Promise<string> {
    const { deployer, policy, chooseRuntime } = this.#parts;
    const config = {
      runtime: await chooseRuntime(),
      handler: entryPoint,
      description: `Deployment of ${functionId}`,
      limits: {
        cpus: limits.cpus,
        memory_mb: limits.memoryMb,
        pids: limits.pids,
        timeout_ms: Math.min(timeoutMs, policy.maxTimeoutMs),
      },
      // Each call was a process of its own.
      isolation: 'fresh',
      labels: { [deploymentLabels.functionId]: functionId, [deploymentLabels.hash]: hash },
    };
    const file = { path: 'main.py', executable: false, content: Readable.from([source]) };
    await deployer.deploy(functionNameOf({ functionId }), config, [file]);
    return deploymentId({ functionId, hash });
  }

  /** @throws ScaasRefusal 404; SraasError what an invoke throws. */
  async invoke(id: string, request: InvocationRequest): Promise<Reply> {
    const { name, latest } = await this.#find(id);
    return this.#parts.invoker.invoke(`${name}@${latest.number}`, request);
  }

  /** @throws ScaasRefusal 404, and nothing is removed that was deployed meanwhile. */
  async remove(id: string): Promise<void> {
    const found = await this.#find(id);
    try {
      await this.#parts.catalog.remove(found.name, { ifMatch: [tagOfFunction(found)] });
    } catch (error) {
      throw isGone(error) ? deploymentNotFound() : error;
    }
  }

  async #find(id: string): Promise<DeployedFunction> {
    const name = parseDeploymentId(id);
    if (name === undefined) throw deploymentNotFound();
    try {
      const found = await this.#parts.catalog.show(functionNameOf(name));
      const { labels } = found.latest.config;
      const isIt =
        labels[deploymentLabels.functionId] === name.functionId && labels[deploymentLabels.hash] === name.hash;
      if (isIt) return found;
    } catch (error) {
      if (!isGone(error)) throw error;
    }
    throw deploymentNotFound();
  }
}

function isGone(error: unknown): boolean {
  return error instanceof SraasError && ['FUNCTION_NOT_FOUND', 'PRECONDITION_FAILED'].includes(error.code);
}
