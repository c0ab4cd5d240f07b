import { javascriptSecp256k1 } from './javascript.ts'
import { nativeSecp256k1 } from './native.ts'
import type { Secp256k1 } from './secp256k1.ts'
import { wasmSecp256k1 } from './wasm.ts'

/** The fastest implementation that loads here: native, WebAssembly, JavaScript. `kind` says which it is. */
export async function loadSecp256k1(): Promise<Secp256k1> {
  for (const load of [nativeSecp256k1, wasmSecp256k1]) {
    try {
      return await load()
    } catch {
      // No prebuilt addon, or no WebAssembly: the next one is slower and equivalent.
    }
  }
  return javascriptSecp256k1()
}
