/** What a game waits for, by the number that the contract gives it (contracts/src/types/Dispute.sol). */
export const PHASES = [
  ...['over', 'commit', 'pickInTrace', 'expandInTrace', 'open', 'pickInTensor', 'expandInTensor', 'reveal'],
  ...['examine', 'fold', 'pickPart', 'refold', 'pickSubpart'],
] as const
