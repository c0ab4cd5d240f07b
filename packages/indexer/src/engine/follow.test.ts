import { followCase } from './follow.case.ts'

followCase(async () => ({ kills: [0, 1_500, 4_000], close: async () => {} }))
