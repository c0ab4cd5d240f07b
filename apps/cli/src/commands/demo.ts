import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, measureGas } from '@stoa/localnet'
import { boot, type Economy } from '../boot/boot.ts'
import { buyFirstAnswer } from '../boot/buyFirstAnswer.ts'
import { tellAnswer } from '../boot/tellAnswer.ts'
import { CommandError } from '../errors.ts'
import { openHome } from '../home/home.ts'
import type { Printer } from '../output/printer.ts'

/** Tells the whole story once, in a folder of its own that is gone afterwards, on ports that are free. */
export async function demo(printer: Printer): Promise<void> {
  const home = await openHome(await mkdtemp(join(tmpdir(), 'stoa-demo-')))
  printer.say('Strangers meet on a ledger: one sells answers, one buys, one owns the model.\n')
  const ports = { chain: await freePort(), node: await freePort(), gateway: await freePort() }
  try {
    const { promise: ended, reject } = Promise.withResolvers<never>()
    // Nobody waits for it while the economy boots; what fails then says so itself.
    ended.catch(() => undefined)
    const onEnd = (why: string) =>
      reject(new CommandError(`${why}.`, { hint: 'Run the demo again; its output above says what failed.' }))
    const economy = await boot({ home, ports, rerunShare: 1, printer, onEnd })
    try {
      await Promise.race([tellStory(economy, printer), ended])
    } finally {
      await economy.stop()
    }
  } finally {
    await rm(home.folder, { recursive: true, force: true })
  }
}

async function tellStory(economy: Economy, printer: Printer): Promise<void> {
  const answer = await buyFirstAnswer(economy, { again: true })
  tellAnswer(printer, economy.config, answer)
  const gas = await printer.step(
    'gas',
    () => measureGas(economy.ledger),
    () => 'what the ledger costs, measured here',
  )
  for (const [name, used] of Object.entries(gas)) printer.say(`    ${name.padEnd(22)} ${used}`)
  const { text, receipt, paidWei, answerMs } = answer
  const result = { answer: text, receipt, paidWei, bootMs: economy.bootMs, firstAnswerMs: answerMs, gas }
  printer.result(
    result,
    '\nEverything above was real: chain, contracts, models, signatures, money. "npm start" keeps it running.',
  )
}
