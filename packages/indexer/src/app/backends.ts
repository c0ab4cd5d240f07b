import type { Ask } from './ask.ts'

/** Each brings twenty questions a second: with so many, none is held back that a chain nearby could have answered. */
const COUNT = 64

/**
 * A chain as the engine takes one from its settings. The engine holds back itself whatever it asks a URL or a transport: twenty
 * questions a second at first, a twentieth more every ten seconds while all is well. It can't know that sixty of its questions are
 * one (`joinQuestions`), nor what the chain keeps up with, which is found out by `pace`. Each URL of a list it would ask that much,
 * and it makes what it asks with the list's `map`; of this list, that is `ask` each time. A release of the engine that did it
 * otherwise would find a URL in it that answers, and read settlements one by one.
 */
export function backends(rpcUrl: string, ask: Ask): string[] {
  const { hostname } = new URL(rpcUrl)
  const map = () => Array.from({ length: COUNT }, () => ({ request: ask, hostname }))
  return Object.assign([rpcUrl], { map })
}
