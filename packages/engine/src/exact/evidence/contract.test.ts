import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeOnnxModel } from '../../onnx/writeOnnxModel.ts'
import { formulasOf } from '../formula/index.ts'
import { loadExactGraph } from '../profile/index.ts'
import { randomFrom } from '../testing/graphs/random.ts'
import { randomGraph } from '../testing/randomGraph.ts'
import { elementsOf } from '../value.ts'
import { committedRun } from './testing/committedRun.ts'
import { contractDifferences } from './testing/compareContract.ts'
import { type FormulasContract, openFormulas } from './testing/openFormulas.ts'

let contract: FormulasContract
beforeAll(async () => {
  contract = await openFormulas()
})
afterAll(() => contract.close())

const GRAPHS = Number(process.env.J2_GRAPHS ?? 12)
const FROM = Number(process.env.J2_FROM ?? 0)

test('the contract computes elements of random graphs as TypeScript does, and as they were traced', async () => {
  const found: string[] = []
  let asked = 0
  for (let seed = FROM; seed < FROM + GRAPHS; seed++) {
    const { model, inputs } = randomGraph(seed)
    const graph = loadExactGraph(writeOnnxModel(model))
    const formulas = formulasOf(graph)
    const random = randomFrom(seed)
    const choose = (limit: number) => random.int(0, limit - 1)
    const committed = await committedRun(graph, formulas, random.pick(inputs))
    for (const [entry, { dims }] of committed.run.entries.entries()) {
      const count = elementsOf(dims)
      if (count === 0) continue
      asked++
      try {
        found.push(
          ...(await contractDifferences(contract, committed, formulas, { entry, element: choose(count), choose })).map(
            (x) => `${seed}: ${x}`,
          ),
        )
      } catch (error) {
        found.push(
          `${seed} t${entry} ${formulas.entries[entry]?.expression.op} ${(error as { shortMessage?: string }).shortMessage} ${(error as Error).message.slice(0, 300)}`,
        )
      }
    }
  }
  console.log(asked)
  expect(found.slice(0, 20)).toEqual([])
})
