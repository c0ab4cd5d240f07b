/** What bounds the calls of a key: each, those of a UTC day, or all of them. */
export type BudgetName = 'per_call' | 'per_day' | 'total'
