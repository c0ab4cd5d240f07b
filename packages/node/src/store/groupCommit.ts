/** Runs `work` in one transaction, which is undone when it throws. */
export type Transact = <T>(work: () => T) => T

export type GroupCommit = {
  /** Does `work` in the next commit. Resolves when it is durable, rejects with what it throws or the commit fails with; then nothing of it is kept. */
  add(work: () => void): Promise<void>
  /** Commits now what waits. */
  flush(): void
}

type Waiting = { work: () => void; resolve: () => void; reject: (error: unknown) => void }

/**
 * Commits together what is to be written in one turn of the event loop: a commit costs the same for one as for many (group commit, DeWitt et al. 1984). Where something of a group
 * fails, all of it is undone and each is done by itself, so that nobody fails for another's fault.
 */
export function createGroupCommit(transact: Transact): GroupCommit {
  let group: Waiting[] = []
  const alone = ({ work, resolve, reject }: Waiting) => {
    try {
      transact(work)
    } catch (error) {
      return reject(error)
    }
    resolve()
  }
  const flush = () => {
    const now = group
    group = []
    if (now.length === 0) return
    try {
      transact(() => {
        for (const { work } of now) work()
      })
    } catch {
      return now.forEach(alone)
    }
    for (const { resolve } of now) resolve()
  }
  return {
    add(work) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      // After what has come in over sockets meanwhile was handled, and before anything is waited for.
      if (group.length === 0) setImmediate(flush)
      group.push({ work, resolve, reject })
      return promise
    },
    flush,
  }
}
