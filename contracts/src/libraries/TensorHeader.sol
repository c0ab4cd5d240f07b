// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Sha256Tree} from "./Sha256Tree.sol";

/// @title Headers of tensors (specs/digests.md)
/// @notice Name length (1) ‖ name ‖ type (1) ‖ rank (1) ‖ dimensions (4 each), big-endian.
library TensorHeader {
    /// @notice These bytes are no header of a tensor of rank 8 at most.
    error MalformedHeader();
    error TensorTooLarge();

    uint8 private constant MAX_RANK = 8;
    /// @dev `t` and ten digits.
    uint256 private constant MAX_ENTRY_NAME = 11;
    /// @dev Bytes of an element of types 0 to 6: u8, i8, i32, u32, i64, f32, i16.
    bytes7 private constant BYTES = 0x01010404080402;
    /// @dev No machine holds a tensor of more elements.
    uint256 private constant MAX_ELEMENTS = 1 << 40;

    /// @return elementType Code of specs/digests.md.
    /// @return rank Number of dimensions.
    /// @return dims Four bytes each, the first one leftmost, zeros behind the last.
    function parse(bytes calldata header) internal pure returns (uint8 elementType, uint8 rank, bytes32 dims) {
        unchecked {
            uint256 offset = 1 + uint256(uint8(header[0]));
            elementType = uint8(header[offset]); // past the end it panics
            rank = uint8(header[offset + 1]);
            if (elementType >= BYTES.length || rank > MAX_RANK || header.length != offset + 2 + 4 * uint256(rank)) {
                revert MalformedHeader();
            }
            dims = bytes32(header[offset + 2:]); // a conversion fills up with zeros
        }
    }

    /// @notice Whether the tensor's name is that of an entry of a trace: `t` and its number in decimal.
    function isEntry(bytes calldata header, uint256 entry) internal pure returns (bool) {
        uint256 length = uint8(header[0]);
        if (length < 2 || length > MAX_ENTRY_NAME || header[1] != "t") return false;
        if (header[2] == "0" && length > 2) return false;
        unchecked {
            uint256 number;
            for (uint256 i = 2; i <= length; ++i) {
                uint256 digit = uint256(uint8(header[i])) - uint8(bytes1("0"));
                if (digit > 9) return false; // one that lies before "0" has wrapped
                number = number * 10 + digit;
            }
            return number == entry;
        }
    }

    /// @notice SHA-256(02 ‖ header ‖ data root).
    function digest(bytes calldata header, bytes32 dataRoot) internal view returns (bytes32) {
        return Sha256Tree.hash(abi.encodePacked(hex"02", header, dataRoot));
    }

    function elementsOf(bytes32 dims, uint256 rank) internal pure returns (uint256 elements) {
        elements = 1;
        unchecked {
            // Eight factors below 2^32 stay below 2^256.
            for (uint256 i; i < rank; ++i) {
                elements *= dimAt(dims, i);
            }
        }
        if (elements > MAX_ELEMENTS) revert TensorTooLarge();
    }

    function bytesOf(uint256 elementType) internal pure returns (uint256) {
        return uint8(BYTES[elementType]);
    }

    function dimAt(bytes32 dims, uint256 i) internal pure returns (uint256) {
        unchecked {
            return uint32(uint256(dims) >> (224 - 32 * i));
        }
    }

    /// @notice Lengths in the order of a graph whose tensor is stored with these: rank 4 is stored with its axes in the order 0, 2, 3, 1.
    function graphDims(bytes32 dims, uint256 rank) internal pure returns (uint32[] memory lengths) {
        lengths = new uint32[](rank);
        unchecked {
            for (uint256 i; i < rank; ++i) {
                lengths[i] = uint32(dimAt(dims, rank == 4 ? (i == 0 ? 0 : i == 1 ? 3 : i - 1) : i));
            }
        }
    }
}
