import { modelRegistryAbi } from '@stoa/protocol/abi'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../../clients.ts'
import type { Deployment } from '../../deployment.ts'
import { translated } from '../../errors/translateError.ts'
import { type GetModelReturnType, getModel } from './getModel.ts'

export type ListModelsParameters = {
  deployment: Deployment
  /** First model of the page; ids run from 1. */
  from?: bigint
  /** Most models to return; 100. */
  limit?: number
}

/** `next`: where the next page starts; undefined after the last. */
export type ListModelsReturnType = { models: GetModelReturnType[]; next: bigint | undefined }

/** Models read at a time, so that a page does not open a hundred connections. */
const CONCURRENCY = 8

/** Reads a page of models in the order of their ids. */
export async function listModels(client: ReadClient, parameters: ListModelsParameters): Promise<ListModelsReturnType> {
  const { deployment, from = 1n, limit = 100 } = parameters
  const registry = { address: deployment.modelRegistry, abi: modelRegistryAbi, functionName: 'modelCount' } as const
  const count = await translated(readContract(client, registry))
  const end = from + BigInt(limit) > count ? count + 1n : from + BigInt(limit)
  const models: GetModelReturnType[] = []
  for (let id = from; id < end; id += BigInt(CONCURRENCY)) {
    const length = Number(end - id < CONCURRENCY ? end - id : BigInt(CONCURRENCY))
    const ids = Array.from({ length }, (_, i) => id + BigInt(i))
    models.push(...(await Promise.all(ids.map((modelId) => getModel(client, { deployment, modelId })))))
  }
  return { models, next: end <= count ? end : undefined }
}
