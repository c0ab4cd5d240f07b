import { readOutsideJson } from '@stoa/protocol'
import { type Deployment, deploymentSchema } from '@stoa/sdk'
import { z } from 'zod'
import { CommandError } from '../errors.ts'

/** Where the contracts are, and the block from which they are there; 0 where that is not known. */
export type DeploymentFile = { deployment: Deployment & z.infer<typeof deploymentSchema>; fromBlock: number }

const schema = z.intersection(deploymentSchema, z.object({ fromBlock: z.int().min(0).optional() }))

/** The contracts' addresses from a file as `stoa deploy` writes it. Throws `CommandError`. */
export function readDeployment(text: string, file: string): DeploymentFile {
  const result = readOutsideJson(schema, text, 'It')
  if (result.success) {
    const { fromBlock = 0, ...deployment } = result.data
    return { deployment, fromBlock }
  }
  throw new CommandError(`${file} does not say where the contracts are.`, {
    code: 'INVALID_DEPLOYMENT',
    details: result.words,
    hint: 'Give the file that "stoa deploy" wrote for this chain.',
  })
}
