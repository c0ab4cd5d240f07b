// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Trees over the parts of a fold (specs/dispute.md, "Parts")
/// @notice Leaf i is the 32 bytes `state before part i ‖ state after it`, so that one path proves both. Nodes are keccak256 of their children; what is
/// not there is zero. The number of leaves is known to whoever checks a path: a node can't pass for a leaf.
library PartTree {
    uint256 internal constant STATE_BYTES = 16;

    function leaf(int128 before, int128 afterwards) internal pure returns (bytes32) {
        return bytes32(uint256(uint128(before)) << 128 | uint128(afterwards));
    }

    /// @param states At least one; big-endian two's complement.
    /// @return root Over the parts between them. @return last The last of them.
    function build(int128 before, bytes calldata states) internal pure returns (bytes32 root, int128 last) {
        assembly ("memory-safe") {
            let base := mload(0x40) // scratch beyond the free pointer, not kept
            let count := shr(4, states.length)
            let previous := before
            for { let i := 0 } lt(i, count) { i := add(i, 1) } {
                let current := shr(128, calldataload(add(states.offset, shl(4, i))))
                mstore(add(base, shl(5, i)), or(shl(128, previous), current))
                previous := current
            }
            last := signextend(15, previous)
            // Filled up level by level: `zero` is what stands over nothing.
            let zero := 0
            for {} gt(count, 1) {} {
                if and(count, 1) {
                    mstore(add(base, shl(5, count)), zero)
                    count := add(count, 1)
                }
                count := shr(1, count)
                for { let i := 0 } lt(i, count) { i := add(i, 1) } {
                    mstore(add(base, shl(5, i)), keccak256(add(base, shl(6, i)), 0x40))
                }
                mstore(0x00, zero)
                mstore(0x20, zero)
                zero := keccak256(0x00, 0x40)
            }
            root := mload(base)
        }
    }

    /// @notice The root above `node`, number `index` of the leaves.
    function climb(bytes32 node, uint256 index, bytes32[] calldata path) internal pure returns (bytes32 root) {
        assembly ("memory-safe") {
            let end := add(path.offset, shl(5, path.length))
            for { let cursor := path.offset } lt(cursor, end) { cursor := add(cursor, 0x20) } {
                let right := shl(5, and(index, 1)) // 0x20 if the node is the right-hand one
                mstore(right, node)
                mstore(sub(0x20, right), calldataload(cursor))
                node := keccak256(0x00, 0x40)
                index := shr(1, index)
            }
            root := node
        }
    }
}
