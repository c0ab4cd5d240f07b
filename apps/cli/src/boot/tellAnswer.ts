import { formatAmount } from '@stoa/protocol'
import type { Config } from '../home/config.ts'
import type { Printer } from '../output/printer.ts'
import type { FirstAnswer } from './buyFirstAnswer.ts'

/** What the receipt holds a second time, for machines, and what is said elsewhere. */
const ENCODINGS = new Set(['header', 'voucher', 'object', 'rerun', 'dispute'])

/** What came of computing an answer again. */
const AGAIN: Readonly<Record<string, string>> = {
  same: "computed again by the buyer's gateway, from the weights on the ledger: the same, to the bit",
  different: "computed again by the buyer's gateway: the seller's answer is another",
  failed: 'could not be computed again on this machine',
}

/** Shows a bought answer: the text, its price, its receipt, and who was paid what. */
export function tellAnswer(printer: Printer, { token }: Config, answer: FirstAnswer): void {
  const indent = (text: string) => text.replaceAll(/^/gm, '    ')
  printer.say(`\nBought one answer in ${answer.answerMs} ms: the text in assets/receipt.png\n`)
  printer.say(indent(answer.text))
  printer.say(`\n  price    ${formatAmount(answer.paidWei, token)} (${answer.paidWei} wei)`)
  printer.say(`  proof    ${answer.proof}`)
  const again = answer.receipt.rerun
  if (again) printer.say(`  again    ${AGAIN[again] ?? again}`)
  printer.say('  receipt  signed by the provider:')
  for (const [name, value] of Object.entries(answer.receipt).filter(([name]) => !ENCODINGS.has(name)))
    printer.say(`    ${name.padEnd(18)} ${value}`)
  printer.say('  settled on the ledger, and split:')
  for (const { role, account, wei } of answer.shares)
    printer.say(`    ${role.padEnd(6)} ${account}  ${formatAmount(wei, token)} (${wei} wei)`)
}
