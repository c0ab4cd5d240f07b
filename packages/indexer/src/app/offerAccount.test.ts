import { createChainClient, getOfferAccount } from '@stoa/sdk'
import { expect, test } from 'vitest'
import { digest, openLedger } from '../testing/ledger.ts'
import { offerAccount } from './offerAccount.ts'

test('is the address that the contract says', async () => {
  const { rpcUrl, deployment, close } = await openLedger()
  const client = createChainClient({ rpcUrl, chainId: deployment.chainId })
  const { offerPayments = '0x' } = deployment
  for (const offerId of [digest(0), digest(1), digest(255)])
    expect(offerAccount(offerPayments, offerId)).toBe(
      (await getOfferAccount(client, { deployment, offerId })).toLowerCase(),
    )
  await close()
})
