// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Payments to an offer by signed transfer (EIP-3009)
/// @notice What a payer of x402's scheme `exact` signs says to whom and how much, and nothing of an offer (specs/x402.md). So every offer
/// has an account of its own to be paid to, an address that follows from the offer's id; what arrives there, by this contract or by
/// anybody's transfer, can go nowhere but into the offer's revenue in the escrow.
///
/// Invariant: what offers' accounts received equals what they hold plus what the escrow booked as their revenue.
interface IOfferPayments {
    /// @notice An EIP-3009 authorization to the offer's account, as `payer` signed it.
    /// @param amount Wei. @param validAfter @param validBefore Unix seconds, both exclusive. @param nonce The payer's choice.
    /// @param r @param vs EIP-2098 compact signature by the payer's own key.
    struct Authorization {
        address payer;
        uint256 amount;
        uint256 validAfter;
        uint256 validBefore;
        bytes32 nonce;
        bytes32 r;
        bytes32 vs;
    }

    /// @notice Authorizations that pay one offer.
    struct OfferAuthorizations {
        bytes32 offerId;
        Authorization[] authorizations;
    }

    /// @notice An authorization was used here, and brought the offer's account `amount` wei.
    event PaymentSettled(bytes32 indexed offerId, address indexed payer, bytes32 indexed nonce, uint256 amount);
    /// @notice The token moved nothing: used before, expired, badly signed, or no funds.
    event PaymentRefused(bytes32 indexed offerId, address indexed payer, bytes32 indexed nonce);
    /// @notice What an offer's account held went into its revenue.
    event PaymentsSwept(bytes32 indexed offerId, uint256 amount);

    /// @notice A transfer could run out of gas and pass for refused.
    error GasTooLow(uint256 left, uint256 needed);

    /// @notice The escrow whose offers are paid here.
    function escrow() external view returns (address);

    /// @notice Where to pay an offer; an address without code until it is first swept.
    function accountOf(bytes32 offerId) external view returns (address);

    /// @notice Uses authorizations and sweeps what the accounts hold. Anyone may call. One that the token refuses harms no other; an offer
    /// that the escrow does not know undoes all.
    function settle(OfferAuthorizations[] calldata batch) external;

    /// @notice Moves what an offer's account holds into the offer's revenue. Anyone may call.
    /// @return amount Wei; zero is not an error.
    function sweep(bytes32 offerId) external returns (uint256 amount);
}
