import type { Context } from '../commands/context.ts'

/** Runs a command's work, and turns what it throws into words and an exit code. */
export type Run = (work: (context: Context) => Promise<unknown>) => Promise<void>
