import type { Executor } from '../executor.ts'
import type { Value } from '../value.ts'

/** Tensors by name, as an executor showed them. */
export type Shown = ReadonlyMap<string, Value>

/** All carried tensors of a run, copied. */
export async function shownBy(executor: Executor, inputs: ReadonlyMap<string, Value>): Promise<Shown> {
  const shown = new Map<string, Value>()
  const watch = (name: string, value: Value) => {
    if (shown.has(name)) throw new Error(`${executor.kind} showed the tensor "${name}" twice`)
    shown.set(name, { ...value, data: value.data.slice() } as Value)
  }
  const outputs = await executor.run(inputs, { watch })
  for (const [name, value] of outputs) shown.set(`output ${name}`, value)
  return shown
}

/** What an executor showed and gave otherwise than the reference did: the first element of each tensor that differs. Empty if nothing. */
export function differences(expected: Shown, actual: Shown): string[] {
  const names = new Set([...expected.keys(), ...actual.keys()])
  return [...names].flatMap((name) => {
    const [a, b] = [expected.get(name), actual.get(name)]
    if (a === undefined || b === undefined) return [`${name}: only one of the two has it`]
    if (a.type !== b.type || a.dims.join() !== b.dims.join()) {
      return [`${name}: ${a.type} [${a.dims}] instead of ${b.type} [${b.dims}]`]
    }
    // Compared as numbers: zero has no sign.
    const at = (a.data as Float64Array).findIndex((element, i) => element !== b.data[i])
    return at < 0 ? [] : [`${name}[${at}] is ${b.data[at]} instead of ${a.data[at]}`]
  })
}

/** The outputs alone, as a run for an answer gives them. */
export async function answeredBy(executor: Executor, inputs: ReadonlyMap<string, Value>): Promise<Shown> {
  const outputs = await executor.run(inputs)
  return new Map([...outputs].map(([name, value]) => [`output ${name}`, value]))
}

export const outputsOf = (shown: Shown): Shown => new Map([...shown].filter(([name]) => name.startsWith('output ')))
