import type { NodeEvent, NodeLogger } from '@stoa/node'
import { BaseError } from '@stoa/protocol'

/** A node's logger that says what its operator must not miss, what happens in disputes, to the certificate and to the store, and nothing else. */
export function tellOperator(say: (line: string) => void): NodeLogger {
  return (event) => {
    const words = wordsOf(event)
    if (words) say(`  ${/^(certificate|store)-/.test(event.event) ? 'node   ' : 'dispute'}  ${words}`)
  }
}

function wordsOf(event: NodeEvent): string | undefined {
  switch (event.event) {
    case 'challenged':
      return `game ${event.game}: ${event.challenger} disputes the answer of receipt ${event.receiptDigest}.`
    case 'move':
      return `game ${event.game}: sent "${event.move}" for ${event.gasUsed} gas.`
    case 'verdict':
      return `game ${event.game}: ${event.words}`
    case 'game-gone':
      return `game ${event.game}: a reorganisation of the chain took the challenge back.`
    case 'dispute-problem':
      return `game ${event.game}: ${event.problem}!`
    case 'dispute-failed':
      return `game ${event.game}: ${messageOf(event.error)} It is tried again.`
    case 'gas-low':
      return `${event.account} signs the moves of disputes and has ${event.balanceWei} wei for gas; a game may take ${event.neededWei}: send it some.`
    case 'judge-unreachable':
      return `the judge can't be looked at: ${messageOf(event.error)}`
    case 'certificate-renewed':
      return `takes a renewed certificate for new connections, valid until ${event.validUntil}.`
    case 'certificate-refused':
      return `refuses the renewed certificate: ${event.why}. The old one stays.`
    case 'store-stuck':
      return `can't write its store (${event.why}): nothing is charged or settled until its disk has room.`
    case 'store-freed':
      return 'writes its store again.'
    default:
      return undefined
  }
}

const messageOf = (error: unknown): string =>
  error instanceof BaseError ? error.shortMessage : error instanceof Error ? error.message : String(error)
