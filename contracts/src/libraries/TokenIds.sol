// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Ids of tokens as tensors hold them: four bytes each, little-endian
library TokenIds {
    /// @notice Id number `i`; zeros beyond the end.
    function idAt(bytes calldata ids, uint256 i) internal pure returns (uint256 id) {
        assembly ("memory-safe") {
            id := shr(224, calldataload(add(ids.offset, shl(2, i))))
        }
        return turned(id);
    }

    /// @notice Whether every id is less than `bound`.
    function areBelow(bytes calldata ids, uint256 bound) internal pure returns (bool) {
        uint256 count = ids.length / 4;
        for (uint256 i; i < count; ++i) {
            if (idAt(ids, i) >= bound) return false;
        }
        return true;
    }

    /// @notice Four bytes in the other order.
    function turned(uint256 x) internal pure returns (uint256) {
        x = (x & 0x00ff00ff) << 8 | (x >> 8) & 0x00ff00ff;
        return (x & 0xffff) << 16 | x >> 16;
    }
}
