// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Trees of SHA-256 (specs/digests.md)
/// @notice Roots from rows of nodes and from data, and from single nodes with their siblings. What a row or data lacks on the right is filled up
/// as the page says, so that padding can't be wrong.
/// @dev The precompile at address 2 fails for want of gas alone.
library Sha256Tree {
    uint256 internal constant LEAF_BYTES = 512;
    /// @dev SHA-256(00 ‖ 512 zeros): what a tree of data is filled up with. Checked by test.
    bytes32 internal constant ZERO_LEAF = 0x8ae7498b01f40e9d2a04df8a8a91cc0b180eb9eb64b78129f59a6d6ab547816b;

    /// @notice SHA-256. What `sha256` does, once in the code rather than at every use.
    function hash(bytes memory message) internal view returns (bytes32 result) {
        assembly ("memory-safe") {
            if iszero(staticcall(gas(), 2, add(message, 0x20), mload(message), 0x00, 0x20)) { revert(0, 0) }
            result := mload(0x00)
        }
    }

    /// @notice Levels of the smallest tree with `count` leaves: the least d with 2^d ≥ count.
    function depthOf(uint256 count) internal pure returns (uint256 depth) {
        unchecked {
            while (uint256(1) << depth < count) ++depth;
        }
    }

    /// @notice The node `path.length` levels above `node`, which is number `index` of its level.
    function climb(bytes32 node, uint256 index, bytes32[] calldata path) internal view returns (bytes32 above) {
        assembly ("memory-safe") {
            let message := mload(0x40) // 65 bytes of scratch beyond the free pointer, not kept
            mstore8(message, 1)
            let ok := 1
            let end := add(path.offset, shl(5, path.length))
            for { let cursor := path.offset } lt(cursor, end) { cursor := add(cursor, 0x20) } {
                let right := shl(5, and(index, 1)) // 0x20 if the node is the right-hand one
                mstore(add(add(message, 1), right), node)
                mstore(add(message, sub(0x21, right)), calldataload(cursor))
                ok := and(ok, staticcall(gas(), 2, message, 0x41, 0x00, 0x20))
                node := mload(0x00)
                index := shr(1, index)
            }
            if iszero(ok) { revert(0, 0) }
            above := node
        }
    }

    /// @notice What stands `levels` above `zero` if nothing but `zero` stands beneath.
    function padding(bytes32 zero, uint256 levels) internal view returns (bytes32 above) {
        assembly ("memory-safe") {
            let message := mload(0x40) // 65 bytes of scratch beyond the free pointer, not kept
            mstore8(message, 1)
            let ok := 1
            for {} levels { levels := sub(levels, 1) } {
                mstore(add(message, 0x01), zero)
                mstore(add(message, 0x21), zero)
                ok := and(ok, staticcall(gas(), 2, message, 0x41, 0x00, 0x20))
                zero := mload(0x00)
            }
            if iszero(ok) { revert(0, 0) }
            above := zero
        }
    }

    /// @notice The node `levels` above a row that begins with `nodes` and goes on with `zero`. At least one node and at most 2^levels, or the result
    /// means nothing.
    function rowRoot(bytes32[] calldata nodes, uint256 levels, bytes32 zero) internal view returns (bytes32) {
        uint256 base;
        assembly ("memory-safe") {
            base := add(mload(0x40), 0x20)
            calldatacopy(base, nodes.offset, shl(5, nodes.length))
        }
        return _reduce(base, nodes.length, levels, zero);
    }

    /// @notice The node `levels` above leaves that begin with `data` and go on with zeros. At most 512 · 2^levels bytes, or the result means nothing.
    function dataRoot(bytes calldata data, uint256 levels) internal view returns (bytes32) {
        uint256 base;
        assembly ("memory-safe") {
            base := add(mload(0x40), 0x20)
            calldatacopy(base, data.offset, data.length)
        }
        return _leavesRoot(base, data.length, levels);
    }

    /// @notice Root of the tree over data in memory.
    function rootOf(bytes memory data) internal view returns (bytes32) {
        uint256 base;
        assembly ("memory-safe") {
            base := add(mload(0x40), 0x20)
            mcopy(base, add(data, 0x20), mload(data))
        }
        return _leavesRoot(base, data.length, depthOf((data.length + LEAF_BYTES - 1) / LEAF_BYTES));
    }

    /// @notice SHA-256(tag ‖ 512 bytes), where `leaf` has 512.
    function leafHash(bytes calldata leaf) internal view returns (bytes32 result) {
        return dataRoot(leaf, 0);
    }

    /// @param base Where `length` bytes lie in memory, beyond the free pointer, with a word before them that may be written to.
    function _leavesRoot(uint256 base, uint256 length, uint256 levels) private view returns (bytes32) {
        uint256 leaves;
        assembly ("memory-safe") {
            leaves := add(shr(9, add(length, 511)), iszero(length)) // no bytes at all are one leaf
            // Beyond the end of calldata there are zeros.
            calldatacopy(add(base, length), calldatasize(), sub(shl(9, leaves), length))
            // Leaf i lies at 512 i and its hash goes to 32 i, which is behind: hashes overwrite only what was hashed. So is the byte before leaf
            // i, which takes the tag; before the first one lies a word of ours.
            let ok := 1
            for { let i := 0 } lt(i, leaves) { i := add(i, 1) } {
                let message := sub(add(base, shl(9, i)), 1)
                mstore8(message, 0)
                ok := and(ok, staticcall(gas(), 2, message, 0x201, add(base, shl(5, i)), 0x20))
            }
            if iszero(ok) { revert(0, 0) }
        }
        return _reduce(base, leaves, levels, ZERO_LEAF);
    }

    /// @param base Where `count` nodes lie in memory, beyond the free pointer, with a word before them that may be written to.
    function _reduce(uint256 base, uint256 count, uint256 levels, bytes32 zero) private view returns (bytes32 root) {
        assembly ("memory-safe") {
            let ok := 1
            let full := eq(count, shl(levels, 1)) // then nothing is filled up at any level
            for {} levels { levels := sub(levels, 1) } {
                if and(count, 1) {
                    mstore(add(base, shl(5, count)), zero)
                    count := add(count, 1)
                }
                count := shr(1, count)
                // Pair i lies at 64 i and its hash goes to 32 i: behind it, as above, and so does the tag.
                for { let i := 0 } lt(i, count) { i := add(i, 1) } {
                    let message := sub(add(base, shl(6, i)), 1)
                    mstore8(message, 1)
                    ok := and(ok, staticcall(gas(), 2, message, 0x41, add(base, shl(5, i)), 0x20))
                }
                if iszero(full) {
                    let message := add(base, shl(5, count)) // nodes of the level below, no longer needed
                    mstore8(message, 1)
                    mstore(add(message, 0x01), zero)
                    mstore(add(message, 0x21), zero)
                    ok := and(ok, staticcall(gas(), 2, message, 0x41, 0x00, 0x20))
                    zero := mload(0x00)
                }
            }
            if iszero(ok) { revert(0, 0) }
            root := mload(base)
        }
    }
}
