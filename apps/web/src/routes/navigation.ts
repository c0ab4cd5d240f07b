import type { IconName } from '../ui/icons.tsx'

/** The pages that the header leads to, in its order; `lead` stands under the title, before anything else is there. */
export const NAVIGATION = [
  {
    ...{ to: '/', label: 'Market', icon: 'market' },
    lead: 'Models that your gateway can buy answers from now, with what each asks and how each has done.',
  },
  {
    ...{ to: '/playground', label: 'Playground', icon: 'play' },
    lead: 'Ask a model through your gateway. The answer comes with its price, and with a receipt that this page checks.',
  },
  {
    ...{ to: '/provide', label: 'Provide', icon: 'provide' },
    lead: 'Sell answers of a model of yours: its files or a server that has it, its card, a price. You can leave at any step and go on later; your Stoa keeps what is done.',
  },
  {
    ...{ to: '/wallet', label: 'Wallet', icon: 'wallet' },
    lead: 'One deposit pays every provider. What your gateway promised, what it bought, and how money comes in and out.',
  },
  {
    ...{ to: '/flow', label: 'Value flow', icon: 'flow' },
    lead: 'From buyers, through models, to who made the answers. Every band is money on the ledger, and no wei is missing.',
  },
  {
    ...{ to: '/explorer', label: 'Explorer', icon: 'blocks' },
    lead: 'Everything that happened on the ledger, in words. Look anything up by hash, address, number or name.',
  },
  {
    ...{ to: '/network', label: 'Network', icon: 'network' },
    lead: 'Everything that runs for you, how it is, and how to call it.',
  },
] as const satisfies readonly { to: string; label: string; icon: IconName; lead: string }[]

/** Title and lead of a page that the header leads to. */
export function titleOf(to: (typeof NAVIGATION)[number]['to']): { title: string; lead: string }
export function titleOf(to: string): { title: string; lead: string } | undefined
export function titleOf(to: string): { title: string; lead: string } | undefined {
  const page = NAVIGATION.find((each) => each.to === to)
  return page && { title: page.label, lead: page.lead }
}
