import { order } from '../services/control.ts'
import type { Context } from './context.ts'

/** Has the running node settle all it is owed. */
export async function settle({ home, printer }: Context): Promise<void> {
  printer.result(await printer.step('settle', () => order(home, 'settle')))
}
