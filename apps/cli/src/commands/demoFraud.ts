import { readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { FORMULAS_FILE, openExact, type Value } from '@stoa/engine/exact'
import type { Hex } from '@stoa/protocol'
import { formatAmount } from '@stoa/protocol'
import { getModel, getOffer, listGames, readGame, readMoves, type Walk, walkOf } from '@stoa/sdk'
import { diskBlobStore, readCard } from '@stoa/storage'
import { z } from 'zod'
import type { Economy } from '../boot/boot.ts'
import { SAMPLE_IMAGE } from '../boot/buyFirstAnswer.ts'
import { inTemporaryEconomy } from '../boot/inTemporaryEconomy.ts'
import { CommandError } from '../errors.ts'
import { alteredRun } from '../fraud/alteredRun.ts'
import { balanceSheet, changes, type Parties } from '../fraud/balanceSheet.ts'
import { chooseLie, type Lie } from '../fraud/chooseLie.ts'
import { drawBits, drawStep } from '../fraud/drawWalk.ts'
import { alphabetOf, readLine } from '../fraud/readLine.ts'
import { sellLies } from '../fraud/sellLies.ts'
import { walkSvg } from '../fraud/walkSvg.ts'
import type { Printer } from '../output/printer.ts'
import { refuseOverwrite } from '../output/refuseOverwrite.ts'
import { stripOf } from '../strips/stripOf.ts'
import { gatewayCall } from './gatewayCall.ts'
import { readAnswer } from './readAnswer.ts'

/** The model that is lied about, and where the amount stands in the picture of a bill that ships with Stoa. */
const MODEL = 'stoa/line'
const AMOUNT = { left: 608, top: 392, width: 112, height: 38 }

/** The liar's price, wei per million calls, and its stake. */
const PRICE = 1_000_000n
const STAKE = 10_000_000n

/** Milliseconds that the whole game may take. */
const GAME_MS = 120_000

const answerSchema = z.object({
  outputs: z.array(z.object({ name: z.string(), data: z.array(z.number()) })),
  stoa: z.object({ proof_kind: z.string(), receipt: z.object({ digest: z.templateLiteral(['0x', z.string()]) }) }),
})
const receiptSchema = z.object({
  rerun: z.string().nullable(),
  dispute: z
    .object({
      state: z.string(),
      words: z.string(),
      ground: z.string().nullable(),
      transaction: z.string().nullable(),
    })
    .nullable(),
})

export type DemoFraudOptions = {
  /** File of the walk's picture. */
  picture?: string | undefined
  /** Whether a picture that is there is written over; that of no name always is. */
  force?: boolean
  /** Leaves everything running, to be looked at in a dashboard, until a signal. */
  stay?: boolean
}

/** A seller lies by one bit; the buyer's gateway finds it, and a contract decides. Writes a picture of the walk to `picture`. */
export async function demoFraud(printer: Printer, options: DemoFraudOptions = {}): Promise<void> {
  const { picture, force = false, stay = false } = options
  refuseOverwrite(picture === undefined ? [] : [picture], { option: '--picture', force })
  printer.say('A seller will lie by one bit. Nobody votes on it, nobody is asked: a contract finds the bit.\n')
  // Every answer is computed again, and games are looked at all the time: a demonstration should not take days.
  const settings = { rerunShare: 1, disputes: { interval: 100 }, dashboard: stay }
  await inTemporaryEconomy(printer, settings, async (economy) => {
    await tellFraud(economy, printer, picture ?? join(tmpdir(), 'stoa-fraud.svg'))
    if (stay) await untilAsked(economy, printer)
  })
}

/** Says where the game can be looked at, and waits for ctrl-C. */
async function untilAsked({ web }: Economy, printer: Printer): Promise<void> {
  const { promise: asked, resolve } = Promise.withResolvers<void>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
  printer.say(`\nLook at the game: ${web?.current().url}/explorer/disputes   (ctrl-C ends it all)`)
  await asked
}

async function tellFraud(economy: Economy, printer: Printer, picture: string): Promise<void> {
  const { home, config, ledger, gateway } = economy
  const { deployment, accounts } = config
  const started = performance.now()
  const subject = await openSubject(economy)
  const { lie } = subject
  const liar = await printer.step(
    'liar',
    () =>
      sellLies({
        ledger,
        ...subject,
        price: PRICE,
        stakeWei: STAKE,
        lie: () => alteredRun(subject, subject.inputs, lie),
      }),
    ({ address }) =>
      `${address} offers ${MODEL} for a hundredth of the price, and stakes ${formatAmount(STAKE, config.token)}`,
  )
  try {
    // It reads the market as it starts.
    await gateway.restart()
    const parties: Parties = {
      payer: accounts.payer,
      disputer: accounts.disputer ?? accounts.payer,
      seller: liar.address,
    }
    const before = await balanceSheet(ledger.faucet, deployment, parties)
    const asked = [{ name: 'image', shape: subject.request.dims, datatype: 'UINT8', data: [...subject.request.data] }]
    const answer = readAnswer(
      answerSchema,
      await gatewayCall(home, config, `/v2/models/${MODEL}/infer`, { inputs: asked }),
      'The gateway',
    )
    const best = answer.outputs.find(({ name }) => name === 'best')?.data ?? []
    const told = readLine(subject.alphabet, best)
    tellLie(printer, lie, told)
    const { digest } = answer.stoa.receipt
    const { walk, dispute } = await followGame(economy, digest, subject.tensors, printer)
    printer.say(`\n${drawBits(lie.truth, lie.told)}\n\n${dispute.words}\n`)
    const sheet = changes(before, await balanceSheet(ledger.faucet, deployment, parties))
    const lines = Object.entries(sheet).map(
      ([who, wei]) => `${who.padEnd(26)} ${wei > 0n ? '+' : ''}${formatAmount(wei, config.token)} (${wei} wei)`,
    )
    for (const line of lines) printer.say(`  ${line}`)
    const gas = gasByParty(walk)
    printer.say(
      `\n  gas: seller ${gas.seller.toLocaleString('en-US')}, buyer ${gas.challenger.toLocaleString('en-US')}`,
    )
    const title = `One bit of one number among ${subject.tensors.length} tensors: "${lie.trueText}" became "${told}"`
    await writeFile(
      picture,
      walkSvg({ walk, title, truth: lie.truth, told: lie.told, verdict: [dispute.words, ...lines] }),
    )
    const { state, ground, words } = dispute
    const seconds = Math.round((performance.now() - started) / 100) / 10
    printer.result(
      {
        ...{ verdict: state, ground, words, truth: lie.trueText, told, sheet, gas, picture, seconds },
        dashboard: economy.web?.current().url,
        transactions: walk.steps.length,
        moves: walk.steps.map(({ by, move, gas: used }) => ({ by, move, gas: used })),
      },
      `\nThe walk as a picture: ${picture}\nEverything above was real: chain, contracts, model, signatures, money.`,
    )
    if (state !== 'convicted') throw new CommandError(`The liar was not convicted: ${words}`, {})
  } finally {
    await liar.close()
  }
}

/** The model that is lied about as the local market has it, a request for it, and a lie that a reader would notice. */
async function openSubject({ home, config, ledger }: Economy) {
  const { deployment } = config
  const offerId = config.offers.find(({ model }) => model === MODEL)?.offerId
  if (!offerId) throw new CommandError(`The local market has no ${MODEL}.`, {})
  const honest = await getOffer(ledger.faucet, { deployment, offerId })
  const { activeVersion, versions } = await getModel(ledger.faucet, { deployment, modelId: honest.modelId })
  const version = versions.find((each) => each.version === activeVersion)
  if (!version) throw new CommandError(`${MODEL} has no version.`, {})
  const blobs = await diskBlobStore({ folder: home.blobs })
  const { files: bundle } = await readCard(blobs, version.card)
  const folder = join(home.models, MODEL.replace('/', '-'))
  const formulasFile = await readFile(join(folder, FORMULAS_FILE))
  const alphabet = alphabetOf(await readFile(join(folder, 'keys.txt'), 'utf8'))
  const opened = await openExact({ bytes: await readFile(join(folder, 'model.onnx')) })
  const request = await stripOf(SAMPLE_IMAGE, AMOUNT)
  const inputs = new Map<string, Value>([['image', { type: 'u8', dims: request.dims, data: request.data }]])
  const lie = await chooseLie(opened, inputs, alphabet)
  return { ...opened, honest, blobs, bundle, formulasFile, alphabet, request, inputs, lie, tensors: lie.tensors }
}

function tellLie(printer: Printer, { trueText, bit, entry, tensors }: Lie, told: string): void {
  printer.say(`\nBought: the amount on a bill. It says "${trueText}"; the seller answered "${told}", and signed it.`)
  printer.say(
    `(It turned bit ${bit} of one number of tensor ${entry}, "${tensors[entry]}", and computed on from there.)`,
  )
  printer.say("The buyer's gateway computes the answer again, finds another one, and goes to the judge:\n")
}

/** Tells the game's moves as they are mined, until the gateway says how it ended. */
async function followGame(
  { home, config, ledger }: Economy,
  receiptDigest: Hex,
  tensors: readonly string[],
  printer: Printer,
): Promise<{ walk: Walk; dispute: NonNullable<z.infer<typeof receiptSchema>['dispute']> }> {
  const { deployment } = config
  const client = ledger.faucet
  const deadline = performance.now() + GAME_MS
  let told = 0
  for (;;) {
    const { dispute } = readAnswer(
      receiptSchema,
      await gatewayCall(home, config, `/v1/receipts/${receiptDigest}`),
      'The gateway',
    )
    const [begun] = await listGames(client, { deployment, receiptDigest })
    const played = begun && (await readGame(client, { deployment, game: begun.game, fromBlock: begun.blockNumber }))
    const moves = await readMoves(client, { transactions: played?.transactions ?? [] })
    const walk = walkOf(moves, tensors)
    for (const step of walk.steps.slice(told)) printer.say(drawStep(step, ++told))
    if (dispute && !['waiting', 'playing'].includes(dispute.state)) return { walk, dispute }
    if (performance.now() > deadline)
      throw new CommandError('The game did not end in time.', { details: dispute?.words ?? 'no dispute began' })
    await sleep(100)
  }
}

function gasByParty({ steps }: Walk): { seller: bigint; challenger: bigint } {
  const of = (party: string) => steps.reduce((sum, { by, gas }) => (by === party ? sum + gas : sum), 0n)
  return { seller: of('seller'), challenger: of('challenger') }
}
