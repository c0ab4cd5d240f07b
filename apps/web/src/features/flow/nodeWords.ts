import { plainText } from '../../lib/plainText.ts'
import { shortHash } from '../../ui/Hash.tsx'
import type { FlowNode, NodeKind } from './pictureOf.ts'

/** What a node's part in it is. */
export const PARTS: Readonly<Record<NodeKind, string>> = {
  buyer: 'buyer',
  stake: 'lost stake',
  earlier: 'paid earlier',
  model: 'model',
  owner: 'owner of the model',
  provider: 'provider',
  beneficiary: 'compensated',
  burned: 'burned',
  uncollected: 'not collected yet',
  others: 'others',
}

export type Names = { accounts: ReadonlyMap<string, string>; models: ReadonlyMap<string, string> }

/** A node by its name: one of this home's, a model's, or a short address. */
export function nodeName({ kind, key, column }: FlowNode, { accounts, models }: Names): string {
  if (kind === 'others') return `Other ${['sources', 'models', 'receivers'][column]}`
  if (kind === 'model') return plainText(models.get(key ?? '') ?? `Model ${key}`, 40)
  if (key === undefined) return capitalized(PARTS[kind])
  return accounts.get(key.toLowerCase()) ?? shortHash(key)
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
