import { setTimeout as sleep } from 'node:timers/promises'
import { openGround } from '../ground/openGround.ts'
import { createService, type Service } from '../process/service.ts'
import { twice } from '../process/twice.ts'
import { growthOf, type Sample } from './series.ts'

export type SoakParameters = {
  /** Of the steady part. */
  minutes: number
  /** Share of what was found to be possible, 0 to 1. */
  load: number
  log?: (line: string) => void
}

export type SoakResult = {
  minutes: number
  load: number
  /** Calls a second: with callers that wait for nothing else, and then asked for. */
  capacity: number
  rate: number
  calls: number
  /** Calls that were due while too many were under way: the machine had less to give than at first. */
  missed: number
  failed: Readonly<Record<string, number>>
  series: Readonly<Record<string, readonly Sample[]>>
  /** What grew. */
  faults: readonly string[]
}

const MODEL = 'soak/twice'
const CALLERS = 8
const CAPACITY_SECONDS = 20
/** Calls under way beyond which none is added. */
const MOST_UNDER_WAY = 64
const SAMPLE_SECONDS = 5
/** Share of the run after which caches and heaps have their size. */
const WARM_UP = 0.2

/** A node and a gateway in processes of their own under a steady load, with an eye on what they hold. */
export async function runSoak({ minutes, load, log = () => undefined }: SoakParameters): Promise<SoakResult> {
  const ground = await openGround()
  const services: Service[] = []
  const open = async (parameters: Omit<Parameters<typeof createService>[0], 'flags'>) => {
    const service = createService({ ...parameters, flags: ['--expose-gc'] })
    services.push(service)
    await service.start()
    return service
  }
  try {
    const { rpcUrl, deployment } = ground
    const modelId = await ground.publish({ name: MODEL, task: 'graph' }, { 'model.onnx': twice() })
    const { parameters, announce } = await ground.enrol([
      { modelId, unit: 'call', price: 10_000_000n, exposure: 10_000_000n },
    ])
    const settlement = { thresholdWei: '20000', intervalSeconds: 600 }
    const node = await open({ name: 'node', entry: './nodeProcess.ts', argument: { ...parameters, settlement } })
    await announce(node.url() ?? '')
    const { payer, sessionKey } = await ground.payer(10n ** 9n)
    const gateway = await open({
      ...{ name: 'gateway', entry: './gatewayProcess.ts' },
      argument: {
        ...{ rpcUrl, deployment, payer, folder: ground.folder() },
        sessionKey: `0x${Buffer.from(sessionKey).toString('hex')}`,
      },
    })
    const caller = createCaller(`${gateway.url()}/v2/models/${encodeURIComponent(MODEL)}/infer`)

    const found = performance.now()
    const until = found + CAPACITY_SECONDS * 1_000
    await Promise.all(
      Array.from({ length: CALLERS }, async () => {
        while (performance.now() < until) await caller.call()
      }),
    )
    const capacity = caller.made() / ((performance.now() - found) / 1_000)
    const rate = capacity * load
    log(`${capacity.toFixed(1)} calls/s are possible; ${minutes} minutes at ${rate.toFixed(1)}`)

    const started = performance.now()
    const seconds = () => (performance.now() - started) / 1_000
    const series: Record<string, Sample[]> = { node: [], gateway: [] }
    let [due, missed, ended] = [0, 0, false]
    const feed = async () => {
      while (seconds() < minutes * 60) {
        for (; due < seconds() * rate; due++) {
          if (caller.underWay() < MOST_UNDER_WAY) void caller.call()
          else missed++
        }
        await sleep(5)
      }
      ended = true
    }
    const sample = async () => {
      while (!ended) {
        for (const service of [node, gateway]) {
          const [rss, heap, descriptors] = [
            await service.ask('rss'),
            await service.ask('heap'),
            await service.ask('descriptors'),
          ]
          series[service.name]?.push({
            seconds: seconds(),
            rss: Number(rss),
            heap: Number(heap),
            descriptors: Number(descriptors),
          })
        }
        const [one, other] = [series.node?.at(-1), series.gateway?.at(-1)]
        if ((series.node?.length ?? 0) % 12 === 1)
          log(`${caller.made()} calls, node ${show(one)}, gateway ${show(other)}`)
        await sleep(SAMPLE_SECONDS * 1_000)
      }
    }
    await Promise.all([feed(), sample()])
    while (caller.underWay() > 0) await sleep(20)
    const warm = (samples: readonly Sample[]) => samples.filter((each) => each.seconds > WARM_UP * minutes * 60)
    const faults = Object.entries(series).flatMap(([name, samples]) => growthOf(name, warm(samples)))
    for (const service of services) faults.push(...service.crashes.map((said) => `${service.name} ended: ${said}`))
    return { minutes, load, capacity, rate, calls: caller.made(), missed, failed: caller.failed, series, faults }
  } finally {
    await Promise.all(services.map((service) => service.kill()))
    await ground.close()
  }
}

const show = (sample: Sample | undefined) =>
  sample &&
  `${(sample.rss / 2 ** 20).toFixed(0)} MB, heap ${(sample.heap / 2 ** 20).toFixed(1)}, ${sample.descriptors} open`

/** Makes calls and counts them. */
function createCaller(url: string) {
  const failed: Record<string, number> = {}
  let [made, underWay] = [0, 0]
  return {
    failed,
    made: () => made,
    underWay: () => underWay,
    async call(): Promise<void> {
      underWay++
      try {
        const inputs = [{ name: 'x', shape: [4], datatype: 'INT64', data: [made, 2, 3, 4] }]
        const headers = { 'content-type': 'application/json' }
        const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ inputs }) })
        const told = await response.json()
        if (!response.ok) failed[told.error.code] = (failed[told.error.code] ?? 0) + 1
      } catch {
        failed.lost = (failed.lost ?? 0) + 1
      } finally {
        made++
        underWay--
      }
    },
  }
}
