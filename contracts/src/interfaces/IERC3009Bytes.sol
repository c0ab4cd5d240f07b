// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title EIP-3009 with signatures of any form
/// @notice Tokens that accept contract signatures (ERC-1271) have this beside the standard's `v, r, s` form, as Circle's
/// FiatToken does since version 2.2.
interface IERC3009Bytes {
    /// @notice Moves `value` wei from `from` to the sender, which must be `to`, on `from`'s signed authorization.
    function receiveWithAuthorization(
        address from,
        address to,
        uint256 value,
        uint256 validAfter,
        uint256 validBefore,
        bytes32 nonce,
        bytes calldata signature
    ) external;
}
