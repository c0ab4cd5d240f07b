import type { IconName } from '../ui/icons.tsx'

/** The pages that the header leads to, in its order. */
export const NAVIGATION = [
  { to: '/', label: 'Market', icon: 'market' },
  { to: '/playground', label: 'Playground', icon: 'play' },
  { to: '/provide', label: 'Provide', icon: 'provide' },
  { to: '/wallet', label: 'Wallet', icon: 'wallet' },
  { to: '/flow', label: 'Value flow', icon: 'flow' },
  { to: '/explorer', label: 'Explorer', icon: 'blocks' },
  { to: '/network', label: 'Network', icon: 'network' },
] as const satisfies readonly { to: string; label: string; icon: IconName }[]
