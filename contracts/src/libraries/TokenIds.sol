// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Ids of tokens as tensors hold them: four bytes each, little-endian
library TokenIds {
    /// @dev The lower byte of each two, the lower two of each four, the lower four of each eight, and the lowest bit of each eight.
    uint256 private constant BYTES = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant PAIRS = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant LOW = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    uint256 private constant ONES = 0x0000000000000001000000000000000100000000000000010000000000000001;

    /// @notice Id number `i`; zeros beyond the end.
    function idAt(bytes calldata ids, uint256 i) internal pure returns (uint256 id) {
        assembly ("memory-safe") {
            id := shr(224, calldataload(add(ids.offset, shl(2, i))))
        }
        return turned(id);
    }

    /// @notice Whether every id is less than `bound`, which has 32 bits.
    /// @dev Eight ids a word, each then in 64 bits: what is not less carries into the 33rd.
    function areBelow(bytes calldata ids, uint256 bound) internal pure returns (bool) {
        unchecked {
            uint256 raise = (0x100000000 - bound) * ONES;
            uint256 carries;
            for (uint256 from; from < ids.length; from += 32) {
                uint256 word;
                assembly ("memory-safe") {
                    word := calldataload(add(ids.offset, from))
                }
                // Zeros, as of the last word's rest, are below whatever has anything below it.
                uint256 rest = ids.length - from;
                if (rest < 32) word &= ~(type(uint256).max >> 8 * rest);
                word = (word & BYTES) << 8 | word >> 8 & BYTES;
                word = (word & PAIRS) << 16 | word >> 16 & PAIRS;
                carries |= ((word & LOW) + raise) | ((word >> 32 & LOW) + raise);
            }
            return carries & ONES << 32 == 0;
        }
    }

    /// @notice Four bytes in the other order.
    function turned(uint256 x) internal pure returns (uint256) {
        x = (x & 0x00ff00ff) << 8 | (x >> 8) & 0x00ff00ff;
        return (x & 0xffff) << 16 | x >> 16;
    }
}
