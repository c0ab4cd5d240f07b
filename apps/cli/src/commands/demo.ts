import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, measureGas } from '@stoa/localnet'
import { boot } from '../boot/boot.ts'
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
    let stopping = false
    const onEnd = (why: string) => {
      if (!stopping) throw new CommandError(why, { hint: 'Run the demo again; its output above says what failed.' })
    }
    const economy = await boot({ home, ports, printer, onEnd })
    try {
      const answer = await buyFirstAnswer(economy)
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
    } finally {
      stopping = true
      await economy.stop()
    }
  } finally {
    await rm(home.folder, { recursive: true, force: true })
  }
}
