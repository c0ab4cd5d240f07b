import type { Tensor } from '@stoa/protocol'
import { serveProcess } from '../../worker/index.ts'
import type { Model } from '../model.ts'

/** Answers the runs of a model that the process which started this one asks for, until it ends. */
export function serveModel(open: (parameters: unknown) => Promise<Model>): void {
  serveProcess<readonly Tensor[], Tensor[]>(async (parameters) => {
    const model = await open(parameters)
    return {
      run: async (request, options) => ({ message: await model.run(request, options) }),
      close: () => model.close(),
    }
  })
}
