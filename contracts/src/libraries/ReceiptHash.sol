// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Receipt} from "../types/Market.sol";

/// @title EIP-712 hashes of a receipt (specs/receipt.md)
library ReceiptHash {
    bytes32 internal constant TYPEHASH = keccak256(
        "Receipt(uint8 version,bytes32 offerId,address payer,uint64 lane,uint96 voucherCumulative,bytes32 weightsDigest,"
        "bytes32 requestDigest,bytes32 responseDigest,uint64 units,uint96 charge,uint96 chargedCumulative,"
        "uint40 requestedAt,uint40 answeredAt)"
    );

    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    /// @notice The digest that is signed: that of ProviderRegistry.receiptDigest, without asking it.
    function digestFor(address providerRegistry, Receipt calldata receipt) internal view returns (bytes32) {
        bytes32 domain =
            keccak256(abi.encode(DOMAIN_TYPEHASH, keccak256("Stoa"), keccak256("1"), block.chainid, providerRegistry));
        return keccak256(abi.encodePacked(hex"1901", domain, hash(receipt)));
    }

    /// @dev All fields are of fixed size, so the struct's calldata is EIP-712's `encodeData`. Copied as it stands: encoding it in
    /// Solidity needs more stack than there is. Bits set beyond a field's width change the digest, so that nobody has signed
    /// it.
    function hash(Receipt calldata receipt) internal pure returns (bytes32 result) {
        bytes32 typehash = TYPEHASH;
        assembly ("memory-safe") {
            let message := mload(0x40) // scratch beyond the free pointer, not kept
            mstore(message, typehash)
            calldatacopy(add(message, 0x20), receipt, 0x1a0) // 13 fields
            result := keccak256(message, 0x1c0)
        }
    }
}
