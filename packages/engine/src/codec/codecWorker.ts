import { parentPort, workerData } from 'node:worker_threads'
import { serveThread } from '../worker/index.ts'
import type { Question, Reply } from './messages.ts'
import { type OpenTextCodecParameters, openTextCodec } from './openTextCodec.ts'

// Entry of the thread that `openTextCodecInWorker` starts.
if (parentPort)
  await serveThread<Question, Reply>(parentPort, async () => {
    const codec = await openTextCodec(workerData as OpenTextCodecParameters)
    const reply = (question: Question): Promise<Reply> => {
      switch (question.ask) {
        case 'size':
          return codec.size()
        case 'encode':
          return codec.encode(question.texts)
        case 'decode':
          return codec.decode(question.ids)
      }
    }
    return { run: async (question) => ({ message: await reply(question) }), close: () => codec.close() }
  })
