import type { EIP1193Provider } from 'viem'
import { z } from 'zod'

/** A wallet in this browser: a name and an icon of its own choosing, and a way to ask it (EIP-6963). */
export type AnnouncedWallet = { id: string; name: string; icon: string | undefined; provider: EIP1193Provider }

// What a wallet says of itself is a stranger's word: only pictures in the address itself are shown, since the page loads nothing from elsewhere.
const announcement = z.object({
  info: z.object({
    rdns: z.string().min(1).max(200),
    name: z.string().max(200),
    icon: z
      .string()
      .regex(/^data:image\/(svg\+xml|png|webp|jpeg|gif)[;,]/)
      .max(200_000)
      .optional()
      .catch(undefined),
  }),
  provider: z.custom<EIP1193Provider>(
    (given) => typeof given === 'object' && given !== null && 'request' in given && typeof given.request === 'function',
  ),
})

/** Asks the wallets of this browser to announce themselves, and tells each that does. Returns how to stop listening. */
export function findWallets(tell: (wallet: AnnouncedWallet) => void): () => void {
  const onAnnounce = (event: Event) => {
    const parsed = announcement.safeParse(event instanceof CustomEvent ? event.detail : undefined)
    if (!parsed.success) return
    const { info, provider } = parsed.data
    tell({ id: info.rdns, name: info.name, icon: info.icon, provider })
  }
  window.addEventListener('eip6963:announceProvider', onAnnounce)
  window.dispatchEvent(new Event('eip6963:requestProvider'))
  return () => window.removeEventListener('eip6963:announceProvider', onAnnounce)
}
