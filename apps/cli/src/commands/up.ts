import { LOCAL_CHAIN_ID } from '@stoa/localnet'
import { boot, type Ports } from '../boot/boot.ts'
import { buyFirstAnswer } from '../boot/buyFirstAnswer.ts'
import { tellAnswer } from '../boot/tellAnswer.ts'
import { CommandError } from '../errors.ts'
import { type Config, readConfig } from '../home/config.ts'
import { asStarted } from '../output/asStarted.ts'
import { listenForOrders, order } from '../services/control.ts'
import { requirePorts } from '../services/ports.ts'
import { runningOrders, STOP_ORDER } from '../services/runningOrders.ts'
import type { Context } from './context.ts'

/** Reasons to stop that are no fault. */
const ASKED: readonly string[] = ['SIGINT', 'SIGTERM', STOP_ORDER]

export type UpOptions = {
  ports: Ports
  durability?: Config['durability'] | undefined
  rerunShare?: number | undefined
  disputes?: Config['disputes']
  buying?: Config['buying']
}

/** Starts everything, buys a first answer, and stays until ctrl-C, SIGTERM or `stop`. */
export async function up(
  { home, printer }: Context,
  { ports, durability, rerunShare, disputes, buying }: UpOptions,
): Promise<void> {
  const running = await order(home, 'status').catch(() => undefined)
  if (running) {
    throw new CommandError(`Stoa is already running from ${home.folder}.`, {
      code: 'ALREADY_RUNNING',
      hint: 'Use it, stop it with ctrl-C where it runs, or give another folder with --home and other ports.',
    })
  }
  await requireLocal(home)
  await requirePorts(ports)
  const { promise: finished, resolve: finish } = Promise.withResolvers<string>()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, finish)
  const economy = await boot({ home, ports, durability, rerunShare, disputes, buying, printer, onEnd: finish })
  const stopListening = await listenForOrders(
    home,
    runningOrders({ home, running: economy, index: economy.index, finish }),
  )
  try {
    const answer = await buyFirstAnswer(economy)
    tellAnswer(printer, economy.config, answer)
    const gateway = `${economy.gateway.current().url}/v1`
    const { bootMs, ledger, web, index } = economy
    const dashboard = web?.current().url
    const urls = { gateway, node: economy.node.current().url, rpcUrl: ledger.rpcUrl, dashboard, index: index?.url }
    printer.result({ ...urls, bootMs, answer }, ready(gateway, dashboard, bootMs))
    const why = await finished
    printer.say(`\n${why}: stopping.`)
    if (!ASKED.includes(why)) {
      throw new CommandError(`${why}, so everything was stopped.`, {
        code: 'SERVICE_ENDED',
        hint: 'Nothing is lost: start again with "stoa up". If it ends again, its last words above say why.',
        retry: true,
      })
    }
  } finally {
    await stopListening()
    await economy.stop()
  }
}

/** A home of a chain elsewhere has nothing to start but services. */
async function requireLocal(home: Context['home']): Promise<void> {
  const config = await readConfig(home)
  if (!config || config.deployment.chainId === LOCAL_CHAIN_ID) return
  throw new CommandError(`${home.folder} is the home of accounts on chain ${config.deployment.chainId}.`, {
    code: 'REMOTE_HOME',
    hint: 'Start its services with "stoa run", or give another folder with --home for a chain of this machine.',
  })
}

function ready(gateway: string, dashboard: string | undefined, bootMs: number): string {
  return asStarted(`
Ready after ${(bootMs / 1000).toFixed(1)} s. Any OpenAI client can buy here now:

    curl ${gateway}/embeddings -H 'content-type: application/json' \\
      -d '{"model":"stoa/embed-en","input":"Philosophers taught in the open."}'

    stoa infer --image photo.png
    stoa status

${dashboard ? `See it all in a browser: ${dashboard}\n\n` : ''}ctrl-C stops everything; the next start goes on from here.`)
}
