// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title EIP-712 digest of a voucher, and the channel it pays on (specs/voucher.md)
library VoucherHash {
    /// @dev keccak256("Voucher(address payer,bytes32 offerId,uint64 lane,uint96 maxCumulative,uint40 validUntil)"); a literal, as
    /// assembly needs, checked by test.
    bytes32 internal constant TYPEHASH = 0x453e122bf1c1ecf63ca92d4c56d490f115222bbbfbb32122008005463bc6c1da;

    /// @notice Where a lane's state is kept: keccak256(abi.encode(payer, offerId, lane)).
    function channelOf(address payer, bytes32 offerId, uint64 lane) internal pure returns (bytes32) {
        return keccak256(abi.encode(payer, offerId, lane));
    }

    /// @notice The channel, and what a session key signs.
    /// @param domain The escrow's EIP-712 domain separator.
    function digest(
        bytes32 domain,
        address payer,
        bytes32 offerId,
        uint64 lane,
        uint96 maxCumulative,
        uint40 validUntil
    ) internal pure returns (bytes32 channel, bytes32 result) {
        assembly ("memory-safe") {
            let message := mload(0x40) // scratch beyond the free pointer, not kept
            mstore(message, TYPEHASH)
            mstore(add(message, 0x20), payer)
            mstore(add(message, 0x40), offerId)
            mstore(add(message, 0x60), lane)
            mstore(add(message, 0x80), maxCumulative)
            mstore(add(message, 0xa0), validUntil)
            channel := keccak256(add(message, 0x20), 0x60) // payer, offerId and lane stand side by side
            let structHash := keccak256(message, 0xc0)
            mstore(message, shl(240, 0x1901))
            mstore(add(message, 0x02), domain)
            mstore(add(message, 0x22), structHash)
            result := keccak256(message, 0x42)
        }
    }
}
