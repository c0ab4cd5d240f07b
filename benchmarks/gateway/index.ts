import { join } from 'node:path'
import { openModel } from '@stoa/engine/inference'
import { encodeTensors, RECEIPT_HEADER, TENSORS_MEDIA_TYPE, type Tensor, VOUCHER_HEADER } from '@stoa/protocol'
import { request } from 'undici'
import { openRequests } from '../embedding/requestOf.ts'
import { type BenchResult, type BenchRow, machine } from '../result.ts'
import { type Call, type Timing, throughput, timeInTurns } from './measure.ts'
import { openBuyer } from './openBuyer.ts'
import { exactSignaturesPerSecond, openPaymentRun } from './payInProcess.ts'
import { type RunningEconomy, startEconomy } from './startEconomy.ts'
import { measureThroughPeer, type ThroughPeer } from './throughPeer.ts'
import { voucherWriter } from './voucherWriter.ts'

const MODEL = 'stoa/embed-en'
const BLOCKS = 10
const ADDED_P50_MS = 2
const PAYMENTS = 5_000

/** The embedding of one short sentence: called directly, bought from the node, and bought through the gateway, in turns. */
export async function run(): Promise<BenchResult> {
  const economy = await startEconomy()
  const folder = join(economy.home, 'models', MODEL.replace('/', '-'))
  const files = { 'model.onnx': join(folder, 'model.onnx'), 'vocab.json': join(folder, 'vocab.json') }
  const model = await openModel({ task: 'embedding', profile: 'exact/1', files })
  const requestOf = await openRequests(files['vocab.json'])
  try {
    const offer = economy.offers.find((known) => known.model === MODEL)
    if (!offer) throw new Error(`${MODEL} is not offered.`)
    const direct: Call = async (n) => model.run(await requestOf([sentence(n)]))
    const node = await nodeCall(economy, offer.offerId, requestOf)
    const gateway = gatewayCall(economy)
    const times = await timeInTurns({ direct, node, gateway }, BLOCKS)
    const many = { direct: await throughput(direct, 8, 800), gateway: await throughput(gateway, 8, 800) }
    const paying = await openPaymentRun(economy, { offerId: offer.offerId, atOnce: 40 })
    const payments = PAYMENTS / (await paying.run(PAYMENTS))
    await paying.close()
    const peer = await exactSignaturesPerSecond(500)
    return report(times, many, { payments, peer }, await measureThroughPeer(economy))
  } finally {
    await model.close()
    await economy.stop()
  }
}

function report(
  times: Record<string, Timing>,
  many: { direct: number; gateway: number },
  { payments, peer }: { payments: number; peer: number },
  through: ThroughPeer,
): BenchResult {
  const { direct, node, gateway } = times
  if (!direct || !node || !gateway) throw new Error('a way of calling was not measured')
  const row = (
    name: string,
    ours: number,
    base: number,
    unit: string,
    peerName = 'the model called directly',
  ): BenchRow => {
    return { case: name, ours, peer: base, peerName, ratio: ours / base, unit }
  }
  const added = gateway.p50 - direct.p50
  return {
    name: 'gateway',
    machine: machine(),
    rows: [
      row('node: paid call, p50', node.p50, direct.p50, 'ms'),
      row('node: paid call, p99', node.p99, direct.p99, 'ms'),
      row('node: paid calls, one at a time', node.perSecond, direct.perSecond, '/s'),
      row('gateway, payment, receipt: p50', gateway.p50, direct.p50, 'ms'),
      row('gateway, payment, receipt: p99', gateway.p99, direct.p99, 'ms'),
      row('gateway, payment, receipt: one at a time', gateway.perSecond, direct.perSecond, '/s'),
      row('gateway, payment, receipt: eight at a time', many.gateway, many.direct, '/s'),
      ...besidePeer(through),
      row('payments in process: sign, check, store', payments, peer, '/s', 'viem: sign and recover EIP-3009'),
    ],
    goals: [
      {
        goal: 'p50 added by gateway, payment and receipt',
        value: added,
        target: ADDED_P50_MS,
        unit: 'ms',
        met: added <= ADDED_P50_MS,
      },
      {
        goal: 'p50 of a chat, paid and signed, beside a gateway that pays nobody',
        value: through.ours.p50 / through.peer.p50,
        target: 1,
        unit: 'times',
        met: through.ours.p50 <= through.peer.p50,
      },
    ],
  }
}

const PEER = '@portkey-ai/gateway, same back end'

/** A chat of one back end through our gateway and node, paid and signed, and through a gateway that does neither. */
function besidePeer({ ours, peer, direct }: ThroughPeer): BenchRow[] {
  const row = (name: string, a: number, b: number, unit: string, peerName = PEER): BenchRow => {
    return { case: `chat by URL: ${name}`, ours: a, peer: b, peerName, ratio: a / b, unit }
  }
  return [
    row('p50', ours.p50, peer.p50, 'ms'),
    row('p99', ours.p99, peer.p99, 'ms'),
    row('one at a time', ours.perSecond, peer.perSecond, '/s'),
    row('eight at a time', ours.manyPerSecond, peer.manyPerSecond, '/s'),
    row('p50', ours.p50, direct.p50, 'ms', 'the back end called directly'),
  ]
}

const sentence = (n: number) => `The stoa stood on the north side, number ${n}.`

async function nodeCall(
  economy: RunningEconomy,
  offerId: `0x${string}`,
  requestOf: (texts: readonly string[]) => Promise<Tensor[]>,
): Promise<Call> {
  const nextVoucher = await voucherWriter(await openBuyer(economy, offerId))
  return async (n) => {
    const { headers, body } = await request(`${economy.node}/v1/infer`, {
      method: 'POST',
      headers: { 'content-type': TENSORS_MEDIA_TYPE, [VOUCHER_HEADER]: nextVoucher(2n, 1n) },
      body: encodeTensors(await requestOf([sentence(n)])),
    })
    const answer = await body.arrayBuffer()
    if (!headers[RECEIPT_HEADER]) throw new Error(new TextDecoder().decode(answer))
  }
}

function gatewayCall({ gateway }: RunningEconomy): Call {
  return async (n) => {
    const { statusCode, body } = await request(`${gateway}/embeddings`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: MODEL, input: sentence(n), encoding_format: 'base64' }),
    })
    const answer = await body.text()
    if (statusCode !== 200) throw new Error(answer)
  }
}
