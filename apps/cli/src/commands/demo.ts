import { measureGas } from '@stoa/localnet'
import type { Economy } from '../boot/boot.ts'
import { buyFirstAnswer } from '../boot/buyFirstAnswer.ts'
import { inTemporaryEconomy } from '../boot/inTemporaryEconomy.ts'
import { tellAnswer } from '../boot/tellAnswer.ts'
import type { Printer } from '../output/printer.ts'

/** Tells the whole story once, in a folder of its own that is gone afterwards, on ports that are free. */
export async function demo(printer: Printer): Promise<void> {
  printer.say('Strangers meet on a ledger: one sells answers, one buys, one owns the model.\n')
  await inTemporaryEconomy(printer, { rerunShare: 1 }, (economy) => tellStory(economy, printer))
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
