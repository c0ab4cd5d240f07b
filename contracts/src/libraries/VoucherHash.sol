// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title EIP-712 digest of a voucher, and the channel it pays on (specs/voucher.md)
library VoucherHash {
    bytes32 internal constant TYPEHASH =
        keccak256("Voucher(address payer,bytes32 offerId,uint64 lane,uint96 maxCumulative,uint40 validUntil)");

    /// @notice Where a lane's state is kept: keccak256(abi.encode(payer, offerId, lane)).
    function channelOf(address payer, bytes32 offerId, uint64 lane) internal pure returns (bytes32) {
        return keccak256(abi.encode(payer, offerId, lane));
    }

    /// @notice What a session key signs.
    /// @param domain The escrow's EIP-712 domain separator.
    function digest(
        bytes32 domain,
        address payer,
        bytes32 offerId,
        uint64 lane,
        uint96 maxCumulative,
        uint40 validUntil
    ) internal pure returns (bytes32) {
        bytes32 structHash = keccak256(abi.encode(TYPEHASH, payer, offerId, lane, maxCumulative, validUntil));
        return keccak256(abi.encodePacked(hex"1901", domain, structHash));
    }
}
