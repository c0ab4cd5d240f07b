import type { Address } from '@stoa/protocol'
import type { Abi, ContractEventArgsFromTopics, ContractEventName, TransactionReceipt } from 'viem'
import { isAddressEqual, parseEventLogs } from 'viem'
import { UnexpectedAnswerError } from '../errors/chainErrors.ts'

type EventQuery<abi extends Abi, name extends ContractEventName<abi>> = { address: Address; abi: abi; eventName: name }

/** Arguments, in order, of every event of this name that `address` emitted in the transaction. */
export function eventsOf<const abi extends Abi, name extends ContractEventName<abi>>(
  receipt: TransactionReceipt,
  { address, abi, eventName }: EventQuery<abi, name>,
): ContractEventArgsFromTopics<abi, name>[] {
  const logs = receipt.logs.filter((log) => isAddressEqual(log.address, address))
  const parsed = parseEventLogs({ abi: abi as Abi, logs, eventName: eventName as string })
  return parsed.map((log) => log.args as ContractEventArgsFromTopics<abi, name>)
}

/** Arguments of the one such event. Throws `UnexpectedAnswerError` when there is none: not the contract it should be. */
export function eventOf<const abi extends Abi, name extends ContractEventName<abi>>(
  receipt: TransactionReceipt,
  query: EventQuery<abi, name>,
): ContractEventArgsFromTopics<abi, name> {
  const [event] = eventsOf(receipt, query)
  if (!event) throw new UnexpectedAnswerError(`no ${query.eventName} in transaction ${receipt.transactionHash}`)
  return event
}
