import { tamperedRun } from '@stoa/engine/dispute/testing'

// Names as in the engine: each takes what the function of that name gave there.
type Model = Awaited<ReturnType<typeof import('@stoa/engine/inference').openModel>>
/** Of a page that was read, what is changed here. */
type Reading = {
  readonly pieces: readonly { readonly text: string }[]
  readonly lines: readonly { readonly pieces: readonly { readonly text: string }[] }[]
}
type OwnRun = Awaited<ReturnType<typeof import('@stoa/engine/dispute').openOwnRun>>

const fault = new URL(import.meta.url).search.slice(1)

/** A model whose texts are not what it computes. */
export function openModel(model: Model): Model {
  if (model.task !== 'generate') return model
  return {
    ...model,
    async run(request) {
      const response = await model.run(request)
      return response.map((tensor) => {
        const data = tensor.data.slice()
        if (fault === 'short') return { ...tensor, dims: [1], data: data.slice(0, 4) }
        data[0] = (data[0] ?? 0) ^ 1
        return { ...tensor, data }
      })
    },
  }
}

/** The run of a stage, whose last entry is its token. */
export async function openOwnRun(run: OwnRun): Promise<OwnRun> {
  return fault === 'token' ? tamperedRun(run, run.entries.length - 1, 0) : run
}

/** A page that was read, of which the first piece has another last letter. In place: the lines hold the same pieces. */
export async function readPage(reading: Reading): Promise<Reading> {
  const [piece] = reading.pieces
  if (fault !== 'letter' || !piece) return reading
  Object.assign(piece, { text: `${piece.text.slice(0, -1)}${piece.text.endsWith('a') ? 'b' : 'a'}` })
  for (const line of reading.lines) Object.assign(line, { text: line.pieces.map(({ text }) => text).join(' ') })
  return reading
}
