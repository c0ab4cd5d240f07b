import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import type { Hex } from '@stoa/protocol'
import { collectRevenue, getRevenueBalance } from '@stoa/sdk'
import { z } from 'zod'
import { readAnswer } from '../commands/readAnswer.ts'
import { CommandError } from '../errors.ts'
import { ownerHeaders } from '../home/ownerKey.ts'
import type { Economy } from './boot.ts'

/** Where the picture that ships with Stoa is. */
export const SAMPLE_IMAGE = new URL('../../assets/receipt.png', import.meta.url)

const receiptSchema = z.looseObject({ digest: z.string(), rerun: z.string().nullish() })

const completionSchema = z.object({
  choices: z.tuple([z.object({ message: z.object({ content: z.string() }) })]),
  usage: z.object({ cost_wei: z.string().regex(/^\d+$/) }),
  stoa: z.object({
    ...{ offer_id: z.string(), proof_kind: z.string(), profile: z.string().nullable(), proof: z.string() },
    receipt: receiptSchema,
  }),
})

export type FirstAnswer = {
  text: string
  /** How the answer can be proved wrong, in words. */
  proof: string
  /** Whether it is defined to the bit. */
  isExact: boolean
  receipt: z.infer<typeof receiptSchema>
  paidWei: bigint
  answerMs: number
  /** Who was paid what for it, once settled and collected; wei. */
  shares: { role: 'payee' | 'owner'; account: Hex; wei: bigint }[]
}

/**
 * Buys the text of the sample image as any client would, has it settled and split, and says who was paid what. `again`: waits until the gateway,
 * which must be told to do so with every answer, has computed it again.
 */
export async function buyFirstAnswer(economy: Economy, { again = false } = {}): Promise<FirstAnswer> {
  const { accounts } = economy.config
  const before = await settledRevenue(economy)
  const answer = await askForText(economy)
  const receipt = again && answer.isExact ? await receiptOnceComputedAgain(economy, answer.receipt) : answer.receipt
  const after = await settledRevenue(economy)
  return {
    ...answer,
    receipt,
    shares: [
      { role: 'payee', account: accounts.payee, wei: after.payee - before.payee },
      { role: 'owner', account: accounts.owner, wei: after.owner - before.owner },
    ],
  }
}

/** Settles and collects all there is, and returns what the sink holds for seller and owner, in wei. */
async function settledRevenue({ config: { deployment, accounts, offers }, ledger: { faucet }, node }: Economy) {
  await node.current().ask('settle')
  for (const { offerId } of offers) await collectRevenue(faucet, { deployment, offerId })
  const balance = (account: Hex) => getRevenueBalance(faucet, { deployment, account })
  return { payee: await balance(accounts.payee), owner: await balance(accounts.owner) }
}

async function askForText({ gateway, home, config }: Economy): Promise<Omit<FirstAnswer, 'shares'>> {
  const image = `data:image/png;base64,${(await readFile(SAMPLE_IMAGE)).toString('base64')}`
  const content = [{ type: 'image_url', image_url: { url: image } }]
  const started = performance.now()
  const response = await fetch(`${gateway.current().url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(await ownerHeaders(home, config)) },
    body: JSON.stringify({ model: 'stoa/ocr', messages: [{ role: 'user', content }] }),
  })
  const body: unknown = await response.json()
  const answerMs = Math.round(performance.now() - started)
  if (!response.ok) throw new CommandError('The first answer could not be bought.', { details: JSON.stringify(body) })
  const { choices, usage, stoa } = readAnswer(completionSchema, body, 'The gateway')
  const proof = `${stoa.proof_kind}${stoa.profile ? ` (${stoa.profile})` : ''}: ${stoa.proof}`
  return {
    text: choices[0].message.content,
    proof,
    isExact: stoa.profile !== null,
    receipt: stoa.receipt,
    paidWei: BigInt(usage.cost_wei),
    answerMs,
  }
}

/** Longest that a second computation, with the weights fetched for it, is waited for. */
const AGAIN_MS = 60_000

/** The receipt with what came of computing its answer again, or without when that takes too long. */
async function receiptOnceComputedAgain(
  { gateway, home, config }: Economy,
  receipt: FirstAnswer['receipt'],
): Promise<FirstAnswer['receipt']> {
  const deadline = performance.now() + AGAIN_MS
  let current = receipt
  while (!current.rerun && performance.now() < deadline) {
    await setTimeout(100)
    const headers = await ownerHeaders(home, config)
    const response = await fetch(`${gateway.current().url}/v1/receipts/${receipt.digest}`, { headers })
    current = readAnswer(receiptSchema, await response.json(), 'The gateway')
  }
  return current
}
