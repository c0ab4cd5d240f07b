import { loadSecp256k1 } from '@stoa/protocol/secp256k1'
import { openKeyBook } from '../keys/openKeyBook.ts'
import { openLaneBook } from '../payment/openLaneBook.ts'
import { voucherSigner } from '../payment/voucherSigner.ts'
import { openStore } from '../store/openStore.ts'

const ADDRESS = '0x00000000000000000000000000000000000000aa'

/** A lane book over the store in `folder`, as a gateway opens it. */
export async function openBook(folder: string, lanesPerOffer = 1000) {
  const signer = voucherSigner({
    secp256k1: await loadSecp256k1(),
    sessionKey: new Uint8Array(32).fill(1),
    chainId: 31337,
    escrow: ADDRESS,
  })
  const open = (now = Date.now) => {
    const store = openStore({ folder, durability: 'normal', owner: 'test' })
    const purse = openKeyBook({ store, now, onAlert: () => {} })
    const book = openLaneBook({ store, lanesPerOffer, sign: signer.sign, payer: ADDRESS, now, purse })
    return { store, book, purse }
  }
  return open
}
