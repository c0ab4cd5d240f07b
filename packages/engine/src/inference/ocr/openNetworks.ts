import { readFile } from 'node:fs/promises'
import { InvalidModelError } from '../errors.ts'
import { loadRuntime } from '../onnx/loadRuntime.ts'
import { type Network, openNetwork } from '../onnx/openNetwork.ts'
import { loadPart } from './loadPart.ts'
import type { Networks } from './readText.ts'
import { readAlphabet } from './recognise/readAlphabet.ts'

export type OpenNetworksParameters = {
  /** Paths of "det.onnx", "cls.onnx", "rec.onnx" (PP-OCR detector, orientation classifier, recogniser) and "keys.txt" (its characters). */
  files: Readonly<Record<string, string>>
  threads?: number
}

/** Loads the three networks and the dictionary; leaves nothing open when it throws `InvalidModelError` or `MissingRuntimeError`. */
export async function openNetworks({ files, threads }: OpenNetworksParameters): Promise<Networks> {
  const runtime = await loadRuntime()
  const opened: Network[] = []
  const open = (name: string) =>
    loadPart(files, name, async (path) => {
      const network = await openNetwork(runtime, path, threads)
      opened.push(network)
      return network
    })
  try {
    const alphabet = await loadPart(files, 'keys.txt', async (path) => readAlphabet(await readFile(path, 'utf8')))
    const detector = await open('det.onnx')
    const classifier = await open('cls.onnx')
    const network = await open('rec.onnx')
    await checkClasses(network, alphabet.length + 1)
    return { detector, classifier, recogniser: { network, alphabet } }
  } catch (error) {
    await Promise.all(opened.map((network) => network.close()))
    throw error
  }
}

/** A dictionary of another length would turn every character into another one, silently. */
async function checkClasses(recogniser: Network, needed: number): Promise<void> {
  const { dims } = await recogniser.run({ data: new Float32Array(3 * 48 * 64), dims: [1, 3, 48, 64] })
  const classes = dims.at(-1)
  if (classes !== needed)
    throw new InvalidModelError(
      'ocr',
      `"rec.onnx" tells ${classes} classes apart, "keys.txt" makes ${needed} (its lines, blank and space)`,
    )
}
