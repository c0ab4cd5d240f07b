import type { Page } from 'playwright-core'

type Rpc = (method: string, ...params: unknown[]) => Promise<unknown>

/**
 * A wallet as browsers' extensions are, seen from the page (EIP-6963): it announces itself, asks its person, and has `account` sign. The development chain
 * signs for its own accounts, so transactions are real, and no key is in the page. Its name and icon are a hostile one's.
 */
export async function injectWallet(page: Page, { account, rpc }: { account: string; rpc: Rpc }) {
  let declines = false
  await page.exposeFunction('askWallet', async (method: string, params: unknown[]) => {
    if (method === 'eth_requestAccounts' || method === 'eth_accounts') return { result: [account] }
    if (method === 'eth_sendTransaction' && declines) return { error: { code: 4001, message: 'User rejected.' } }
    return { result: await rpc(method, ...params) }
  })
  await page.addInitScript(() => {
    type Answer = { result?: unknown; error?: { code: number; message: string } }
    const { askWallet } = globalThis as unknown as { askWallet(method: string, params: unknown): Promise<Answer> }
    const provider = {
      async request({ method, params = [] }: { method: string; params?: unknown }) {
        const { result, error } = await askWallet(method, params)
        if (error) throw Object.assign(new Error(error.message), { code: error.code })
        return result
      },
      on: () => {},
      removeListener: () => {},
    }
    const info = {
      uuid: '00000000-0000-4000-8000-000000000000',
      rdns: 'example.colonnade',
      name: 'Colonnade <b>\u202etxt.exe',
      icon: 'https://tracker.example/pixel.png',
    }
    const announce = () =>
      window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail: Object.freeze({ info, provider }) }))
    window.addEventListener('eip6963:requestProvider', announce)
    announce()
  })
  return {
    decline() {
      declines = true
    },
    accept() {
      declines = false
    },
  }
}
