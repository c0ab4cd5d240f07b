import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Ocr from '@gutenye/ocr-node'

export const PEER_NAME = '@gutenye/ocr-node 1.4.8'

/** A reader of PNG images. */
export type Reader = { read(png: Uint8Array): Promise<string>; close(): Promise<void> }

/** The peer with the models it ships with. It reads files, so each image goes through a temporary folder, `close` removes it. */
export async function openPeer({ threads }: { threads?: number } = {}): Promise<Reader> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-ocr-'))
  const path = join(folder, 'image.png')
  const ocr = await Ocr.create(threads === undefined ? {} : { onnxOptions: { intraOpNumThreads: threads } })
  return {
    async read(png) {
      await writeFile(path, png)
      const lines: readonly { text: string }[] = await ocr.detect(path)
      return lines.map(({ text }) => text).join('\n')
    },
    close: () => rm(folder, { recursive: true }),
  }
}
