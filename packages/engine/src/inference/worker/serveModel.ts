import type { MessagePort } from 'node:worker_threads'
import type { Tensor } from '@stoa/protocol'
import { serveThread } from '../../worker/index.ts'
import type { Model } from '../model.ts'
import { detach } from './detach.ts'

/** Answers a model's runs that come through a port, until told to close. */
export function serveModel(port: MessagePort, open: () => Promise<Model>): Promise<void> {
  return serveThread<readonly Tensor[], Tensor[]>(port, async () => {
    const model = await open()
    return {
      run: async (request, options) => detach(await model.run(request, options)),
      close: () => model.close(),
    }
  })
}
