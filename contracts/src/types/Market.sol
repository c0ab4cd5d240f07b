// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice How an answer can be judged. `Exact`: by contract, to the bit. `Attested`: signed only.
enum ProofKind {
    Attested,
    Exact
}

/// @notice What an offer's price counts. A buyer can compute `Call`, `Byte` and `Pixel` from its own request.
/// `Token` is counted by the seller and bounded by the voucher.
enum Unit {
    Call,
    Byte,
    Pixel,
    Token
}

/// @notice The terms of a sale. Immutable: its id commits to every field, a change is a new offer.
/// @param provider The seller's account in the ProviderRegistry; must be the sender at creation.
/// @param payee Who receives the seller's share.
/// @param modelId ERC-721 token id in the ModelRegistry.
/// @param modelVersion Version of that model, counted from 1.
/// @param unit What the price counts.
/// @param price Wei of the escrow's token per 1,000,000 units; a call's charge rounds up.
/// @param ownerSharePpm The model owner's share of revenue in parts per million, as the ModelRegistry had it at creation.
/// @param proofKind How an answer can be judged.
/// @param arbiter Contract that may slash for a receipt under this offer; zero for `Attested`.
/// @param profile Digest of the arithmetic profile that `Exact` answers follow; zero for `Attested`.
/// @param escrow Escrow whose vouchers pay this offer.
/// @param sink Where revenue is split.
/// @param exposure Wei the seller serves to one payer unsettled and unlocked; beyond it the payer's lock is needed.
/// @param slashCap Most that one receipt can cost the seller's stake, in wei of the stake token.
/// @param terms SHA-256 of the offer's terms document; zero for none.
/// @param salt Distinguishes otherwise equal offers.
struct Offer {
    address provider;
    address payee;
    uint256 modelId;
    uint32 modelVersion;
    Unit unit;
    uint96 price;
    uint32 ownerSharePpm;
    ProofKind proofKind;
    address arbiter;
    bytes32 profile;
    address escrow;
    address sink;
    uint96 exposure;
    uint96 slashCap;
    bytes32 terms;
    bytes32 salt;
}

/// @notice A payer's promise: "under this offer, on this lane, I owe at most `maxCumulative` in all". EIP-712, specs/voucher.md.
/// @param payer Account whose deposit pays.
/// @param offerId Offer paid for.
/// @param lane Independent counter, so that several gateways or concurrent calls share one account.
/// @param maxCumulative Most the payer owes on (payer, offer, lane) since the beginning, in wei.
/// @param validUntil Last second, unix time, at which the voucher can be settled.
struct Voucher {
    address payer;
    bytes32 offerId;
    uint64 lane;
    uint96 maxCumulative;
    uint40 validUntil;
}

/// @notice The seller's signature under one answer. EIP-712, specs/receipt.md.
/// @param version Layout of this message; 1.
/// @param offerId Offer served.
/// @param payer Account charged.
/// @param lane Lane of the voucher that paid.
/// @param voucherCumulative `maxCumulative` of the voucher that paid.
/// @param weightsDigest Weights that answered, as the ModelRegistry has them.
/// @param requestDigest Digest of the canonical request.
/// @param responseDigest Digest of the canonical response.
/// @param units Units charged.
/// @param charge Wei charged for this call.
/// @param chargedCumulative Wei charged on this lane in all, this call included.
/// @param requestedAt Unix second at which the request was complete.
/// @param answeredAt Unix second at which the answer was signed.
struct Receipt {
    uint8 version;
    bytes32 offerId;
    address payer;
    uint64 lane;
    uint96 voucherCumulative;
    bytes32 weightsDigest;
    bytes32 requestDigest;
    bytes32 responseDigest;
    uint64 units;
    uint96 charge;
    uint96 chargedCumulative;
    uint40 requestedAt;
    uint40 answeredAt;
}
