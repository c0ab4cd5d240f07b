import { registerHooks } from 'node:module'

/**
 * Preloaded (`--import`) into a node's process, its threads, and the processes that it starts: a machine on which the choice of tokens, or of letters, is broken, and which believes what it computed. What follows the `?` of this module's URL says how:
 *
 * - `token`: the last bit of every text's first token is turned; so it is in the trace that the node posts when it is challenged, where nothing else is wrong.
 * - `short`: texts end after their first token, whatever was asked for.
 * - `letter`: the last letter of every page's first piece is another; so it is in the trace, where nothing else is wrong.
 */
const FAULTS = new URL(`./faults.ts${new URL(import.meta.url).search}`, import.meta.url).href
const AS_IT_IS = '?as-it-is'

/** Modules of the engine, and what takes their place: what they export, with one function that passes on what the true one gives. */
const BROKEN: Readonly<Record<string, string>> = {
  '/src/inference/openModel.ts': 'openModel',
  '/src/exact/dispute/ownRun.ts': 'openOwnRun',
  '/src/exact/ocr/readPage.ts': 'readPage',
}

registerHooks({
  load(url, context, nextLoad) {
    const name = Object.entries(BROKEN).find(([path]) => url.endsWith(`/engine${path}`))?.[1]
    if (!name) return nextLoad(url, context)
    const own = JSON.stringify(`${url}${AS_IT_IS}`)
    const source = `
      export * from ${own}
      import { ${name} as asItIs } from ${own}
      import { ${name} as broken } from ${JSON.stringify(FAULTS)}
      export const ${name} = async (...args) => broken(await asItIs(...args))
    `
    return { format: 'module', source, shortCircuit: true }
  },
})
