// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Who may slash whom, for which receipt
/// @notice An offer pins its arbiter. The ProviderRegistry lets that arbiter, and the offer's escrow (itself an arbiter, of
/// overcharging), take stake for a receipt that the offer's provider signed, up to the offer's cap.
///
/// Every implementation keeps: a provider that answered right and answers challenges in time is never slashed.
interface IArbiter {
    /// @notice Seconds after `answeredAt` within which a receipt can be challenged.
    function challengeWindow() external view returns (uint40);

    /// @notice Most seconds from a challenge to its verdict.
    function longestGame() external view returns (uint40);

    /// @notice Whether this arbiter can judge answers that follow `profile`.
    function judges(bytes32 profile) external view returns (bool);
}
