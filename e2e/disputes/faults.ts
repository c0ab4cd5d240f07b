import { tamperedRun } from '@stoa/engine/dispute/testing'

// Names as in the engine: each takes what the function of that name gave there.
type Model = Awaited<ReturnType<typeof import('@stoa/engine/inference').openModel>>
type OwnRun = Awaited<ReturnType<typeof import('@stoa/engine/dispute').openOwnRun>>

const fault = process.env.STOA_FAULT

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
