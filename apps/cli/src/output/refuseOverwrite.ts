import { existsSync } from 'node:fs'
import { BaseError } from '@stoa/protocol'

/** A command's output would take the place of what is there. */
export class OutputExistsError extends BaseError {
  override name = 'OutputExistsError'
  constructor(paths: readonly string[], option: string) {
    const [first, ...others] = paths
    super(`${first}${others.length > 0 ? ` (and ${others.length} more)` : ''} is there already.`, {
      code: 'OUTPUT_EXISTS',
      ...(others.length > 0 && { details: paths.join(', ') }),
      hint: `Give another place with ${option}, or write over it with --force.`,
    })
  }
}

/** Throws `OutputExistsError` where one of the files is there, unless `force` says to write over it. `option` says where they go. To be asked before the work, so that none is lost. */
export function refuseOverwrite(files: readonly string[], { option, force }: { option: string; force: boolean }): void {
  const there = force ? [] : files.filter((file) => existsSync(file))
  if (there.length > 0) throw new OutputExistsError(there, option)
}
