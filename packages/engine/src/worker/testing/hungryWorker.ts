import { parentPort } from 'node:worker_threads'
import { serveThread } from '../serveThread.ts'

// A thread that answers with a list of as many texts as it is asked for, each of a kilobyte on its heap.
if (parentPort)
  await serveThread<number, number>(parentPort, async () => ({
    run: async (count) => {
      const texts = Array.from({ length: count }, (_, i) => Array.from({ length: 128 }, (_, k) => i + k / 3))
      return { message: texts.length }
    },
    close: async () => {},
  }))
