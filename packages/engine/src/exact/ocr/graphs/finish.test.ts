import { expect, test } from 'vitest'
import { writeOnnxModel } from '../../../onnx/writeOnnxModel.ts'
import { loadExactGraph } from '../../profile/index.ts'
import { openReference } from '../../reference/openReference.ts'
import { exactNetworks } from '../exactNetworks.ts'
import { TINY_KEYS, tinyDetector, tinyRecogniser } from '../testing/tinyGraphs.ts'
import { finishDetector } from './finishDetector.ts'

const [detector, recogniser] = [tinyDetector(), tinyRecogniser()].map((model) =>
  openReference(loadExactGraph(writeOnnxModel(model))),
)

test('finished graphs are exact and speak the language of the steps', async () => {
  if (!detector || !recogniser) throw new Error('no graphs')
  const networks = exactNetworks({ detector: detector.run, recogniser: recogniser.run, alphabet: [...TINY_KEYS, ' '] })
  const frame = { width: 64, height: 64, data: new Uint8Array(64 * 64 * 3).fill(250) }
  frame.data.fill(0, 0, 30)
  const { data } = await networks.detect(frame)
  expect([...data.subarray(0, 11), data.length]).toEqual([...Array(10).fill(100), -128, 4096])

  const strip = { width: 32, height: 48, data: new Uint8Array(32 * 48 * 3) }
  const colours = [
    [255, 255, 255],
    [255, 0, 0],
    [0, 0, 255],
    [0, 0, 0],
  ]
  for (let i = 0; i < 32 * 48; i++) strip.data.set(colours[Math.floor((i % 32) / 8)] ?? [], i * 3)
  // A patch of 8 × 8 of one colour comes to 15.9, six of them are a step. White scores 6 · 18 as the blank, 6 · 16 as "a" and "b".
  expect(await networks.read(strip)).toEqual({
    best: Int32Array.of(0, 1, 2, 3),
    leads: Int32Array.of(0, 390, 276, 282, 276, 282, 186, 0),
  })
})

test('a graph with more outputs than one cannot be finished', () => {
  expect(() => finishDetector({ ...tinyDetector(), outputs: [] })).toThrow('exactly one input and one output')
})
