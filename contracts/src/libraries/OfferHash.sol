// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Offer} from "../types/Market.sol";

/// @title Id of an offer (specs/offer.md)
library OfferHash {
    /// @notice keccak256(abi.encode(chain id, registry, offer)).
    /// @dev All fields are of fixed size, so the struct's calldata is its ABI encoding. Copied as it stands: encoding it in Solidity
    /// needs more stack than there is. Bits set beyond a field's width give an id that no offer has, since storing it reverts.
    function id(address registry, Offer calldata offer) internal view returns (bytes32 result) {
        assembly ("memory-safe") {
            let message := mload(0x40) // scratch beyond the free pointer, not kept
            mstore(message, chainid())
            mstore(add(message, 0x20), shr(96, shl(96, registry)))
            calldatacopy(add(message, 0x40), offer, 0x200) // 16 fields
            result := keccak256(message, 0x240)
        }
    }
}
