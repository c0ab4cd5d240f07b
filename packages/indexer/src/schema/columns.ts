import type { PgColumnsBuilders } from 'ponder'

/** Block number, or Unix second: far from 2^53, so a number. */
export const whole = (t: PgColumnsBuilders) => t.int8({ mode: 'number' })

/** What rows share that are one log each (specs/index.md, rule 1). */
export const logColumns = (t: PgColumnsBuilders) => ({
  block: whole(t).notNull(),
  logIndex: t.integer().notNull(),
  at: whole(t).notNull(),
  tx: t.hex().notNull(),
})

/** What rows share that one log began and others change. */
export const originColumns = (t: PgColumnsBuilders) => ({ block: whole(t).notNull(), tx: t.hex().notNull() })
