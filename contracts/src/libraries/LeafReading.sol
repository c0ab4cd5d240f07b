// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LeafProof} from "../types/Dispute.sol";
import {Sha256Tree} from "./Sha256Tree.sol";
import {TensorHeader} from "./TensorHeader.sol";

/// @title Elements in proved leaves (specs/digests.md)
library LeafReading {
    error NotALeaf(uint256 length);
    error WrongLeaf(bytes32 given, bytes32 expected);
    /// @notice Elements of this type are no integers.
    error NoInteger(uint8 elementType);

    uint8 private constant I8 = 1;
    uint8 private constant I32 = 2;
    uint8 private constant I64 = 4;
    uint8 private constant F32 = 5;
    uint8 private constant I16 = 6;

    /// @notice Reverts unless the leaf is number `index` of the data under `node`.
    function requireLeaf(LeafProof calldata leaf, uint256 index, bytes32 node) internal view {
        if (leaf.data.length != Sha256Tree.LEAF_BYTES) revert NotALeaf(leaf.data.length);
        bytes32 given = Sha256Tree.climb(Sha256Tree.leafHash(leaf.data), index, leaf.path);
        if (given != node) revert WrongLeaf(given, node);
    }

    /// @notice The integer that the element is, in a leaf that holds it. Little-endian, two's complement.
    /// @param element Its number in the tensor.
    function read(bytes calldata leaf, uint8 elementType, uint256 element) internal pure returns (int256 value) {
        if (elementType == F32) revert NoInteger(elementType);
        uint256 size = TensorHeader.bytesOf(elementType);
        bool signed = elementType == I8 || elementType == I16 || elementType == I32 || elementType == I64;
        unchecked {
            uint256 start = element * size % Sha256Tree.LEAF_BYTES;
            uint256 bits;
            for (uint256 i; i < size; ++i) {
                bits |= uint256(uint8(leaf[start + i])) << (8 * i);
            }
            value = int256(bits);
            if (signed && bits >> (8 * size - 1) != 0) value -= int256(1 << (8 * size));
        }
    }
}
