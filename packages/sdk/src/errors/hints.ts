/** What to do about each error that the contracts declare, by its name; none where the name says it all. */
const HINTS: ReadonlyMap<string, string> = new Map([
  // Tokens and amounts
  ['ZeroAmount', 'Give an amount greater than zero.'],
  ['ZeroAddress', 'Give an address other than zero.'],
  ['AmountTooLarge', 'Give a smaller amount.'],
  ['UnsupportedToken', 'The token keeps a fee of transfers: use a plain ERC-20.'],
  ['ERC20InsufficientBalance', 'Get more of the token, or give a smaller amount.'],
  ['ERC20InsufficientAllowance', 'Approve the amount first.'],
  ['ERC3009InvalidSignature', 'Have the payer sign the authorization again, for this chain, token and escrow.'],
  ['ERC3009InvalidAuthorizationTime', 'The authorization is not valid now: have the payer sign another.'],
  ['ERC3009UsedAuthorization', 'The authorization was used already: look at the account’s balance.'],
  ['NotMinter', 'Only the minter makes test dollars: use the account that deployed them.'],
  ['Undercollateralised', 'The token took balances back. Deposit nothing, and withdraw.'],
  // Models
  ['NotModelOwner', 'Use the account that owns the model.'],
  ['UnknownVersion', 'Look up the model’s versions; they count from 1.'],
  ['ShareTooHigh', 'Give at most 1,000,000 parts per million.'],
  ['ResaleFeeTooHigh', 'Give at most 5,000 basis points.'],
  ['EmptyDigest', 'Give the digests of the card and of the weights.'],
  ['ERC2981InvalidTokenRoyaltyReceiver', 'Give a receiver other than the zero address.'],
  ['ERC721InvalidReceiver', 'Give an account that can hold ERC-721 tokens.'],
  ['ERC721NonexistentToken', 'Look up the model’s id; ids count from 1.'],
  // Small models
  ['MalformedModel', 'Compile the model again: specs/on-chain-models.md says what its bytes are.'],
  ['ModelTooLarge', 'Take fewer inputs, or a smaller hidden layer: a contract holds a byte for each weight.'],
  ['NotAModel', 'Give the address that publishing the model returned, on this chain.'],
  ['WrongInputLength', 'Give one byte for each input of the model.'],
  ['NotStored', 'Send more gas: storing takes 200 for each byte.'],
  // Providers and offers
  ['AlreadyRegistered', 'Change the endpoint or the signer instead.'],
  ['NotRegistered', 'Register the provider first.'],
  ['EndpointTooLong', 'Give a shorter URL.'],
  ['InsufficientStake', 'Add stake, or ask for less.'],
  ['NothingToWithdraw', 'Unbond stake first.'],
  ['StillUnbonding', 'Wait until the unbonding period is over.'],
  ['NotOfferProvider', 'Use the account of the offer’s provider.'],
  ['UnknownOffer', 'Look up the offer’s id, and check the chain and the contracts.'],
  ['OfferExists', 'The very same offer exists: use it, or give another salt.'],
  ['OfferIsClosed', 'Choose an offer that is open.'],
  ['OwnerShareMismatch', 'Make the offer again with the model’s current owner share.'],
  ['BurnOutOfRange', 'Give between 1 and 1,000,000 parts per million.'],
  ['ArbiterTooSlow', 'Choose an arbiter whose window and game fit into the unbonding period.'],
  ['ArbiterRefusesProfile', 'Choose an arbiter that judges this profile.'],
  ['ProofKindMismatch', 'An attested offer names neither arbiter nor profile; an exact one names both.'],
  ['EscrowWithoutCode', 'Give the address of an escrow on this chain.'],
  ['NotArbiter', 'Only the offer’s arbiter and its escrow may slash.'],
  ['WrongReceiptSigner', 'The receipt was not signed by a key of this provider.'],
  ['UnknownReceiptVersion', 'Use a release that knows this version of receipts.'],
  ['SlashCapReached', 'This receipt has cost all it can.'],
  // Direct payments
  ['GasTooLow', 'Send more gas: a transfer may take 200,000, whatever it uses.'],
  // Escrow
  ['KeyKnown', 'The key is registered, or was removed: use another.'],
  ['KeyUnknown', 'Look up the account’s keys.'],
  ['InsufficientBalance', 'Deposit more, or give a smaller amount.'],
  ['NoWithdrawal', 'Announce a withdrawal first.'],
  ['WithdrawalTooEarly', 'Wait until the withdrawal delay is over.'],
  ['LockEndsOutOfRange', 'Choose an end between the earliest and the latest.'],
  ['LockStillHeld', 'Wait until the lock ends.'],
  ['NoLock', 'There is nothing to unlock.'],
  ['NotRegistry', 'Make offers through the provider registry.'],
  ['NotSettler', 'Settle from the provider’s account, or name this account as its settler.'],
  ['WrongSettlementSignature', 'Have the provider or its settler sign this very batch.'],
  ['NotSink', 'Collect through the offer’s sink.'],
  ['WrongEscrow', 'Collect through the sink that the offer names.'],
  ['OfferAlreadyOpen', 'The offer is open here already.'],
  ['DelayTooShort', 'Make the withdrawal delay longer than the validity of vouchers.'],
  ['NotOvercharged', 'No more was settled than the receipt says: there is nothing to prove.'],
  ['LaterVoucherUsed', 'Use the receipt of the lane’s last settled voucher.'],
  // Not the contracts' own
  ['UnknownRevert', 'Check that the addresses are those of this release’s contracts.'],
])

/** What to do about a contract's error; undefined for one not known here. */
export function hintFor(errorName: string): string | undefined {
  return HINTS.get(errorName)
}
