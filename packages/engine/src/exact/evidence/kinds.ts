/** Kinds of tensors, as a contract is told them (contracts/src/interfaces/IFormulas.sol, `TensorOpening`). */
export const KINDS = { entry: 1, input: 2, constant: 3 } as const
