// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Sha256} from "../verification/formula/Sha256.sol";

/// @title Neighbouring leaves of data, and the tree above them (specs/digests.md)
library LeafRange {
    /// @notice Copies leaves into memory and hashes them.
    /// @return leaves Their address. @return nodes Address of the leaves' hashes, with a free word before and behind them.
    function hashLeaves(bytes calldata data, uint256 count) internal view returns (uint256 leaves, uint256 nodes) {
        (leaves, nodes) = copyLeaves(data, count);
        hashCopied(leaves, nodes, count);
    }

    /// @notice Copies leaves into memory, with room for their hashes.
    /// @return leaves Their address. @return nodes Address of the room, with a free word before and behind it.
    function copyLeaves(bytes calldata data, uint256 count) internal pure returns (uint256 leaves, uint256 nodes) {
        assembly ("memory-safe") {
            leaves := add(mload(0x40), 0x20)
            calldatacopy(leaves, data.offset, data.length)
            nodes := add(add(leaves, data.length), 0x20)
            mstore(0x40, add(add(nodes, shl(5, count)), 0x20))
        }
    }

    /// @notice Hashes leaves that were copied, each where it lies: its tag takes the byte before it, the last one of the leaf before, for as long as that takes.
    function hashCopied(uint256 leaves, uint256 nodes, uint256 count) internal view {
        bool ok = true;
        assembly ("memory-safe") {
            let leaf := leaves
            for { let i := 0 } lt(i, count) { i := add(i, 1) } {
                let before := mload(sub(leaf, 0x20))
                mstore8(sub(leaf, 1), 0x00)
                ok := and(ok, staticcall(gas(), 2, sub(leaf, 1), 513, add(nodes, shl(5, i)), 0x20))
                ok := and(ok, eq(returndatasize(), 0x20))
                mstore(sub(leaf, 0x20), before)
                leaf := add(leaf, 512)
            }
        }
        if (!ok) revert Sha256.HashFailed();
    }

    /// @notice Whether a range of neighbouring nodes, whose words it overwrites, is in the tree under `root`.
    /// @param first Number of the first node in its level. @param levels Levels above it.
    /// @param siblings For each level from the nodes upwards the one left of the range, if the range starts with a right-hand node, then the one right of
    /// it, if the range ends with a left-hand node. All of them must be used.
    function isProved(
        bytes32 root,
        uint256 nodes,
        uint256 first,
        uint256 count,
        uint256 levels,
        bytes32[] calldata siblings
    ) internal view returns (bool) {
        bool ok = true;
        bool whole;
        bytes32 top;
        assembly ("memory-safe") {
            let node := mload(0x40) // room for a node's preimage beyond the free pointer, not kept
            mstore8(node, 0x01)
            // Siblings that aren't there are read from other calldata; that too many were taken shows in the end.
            let sibling := siblings.offset
            for {} levels { levels := sub(levels, 1) } {
                let from := nodes
                if and(first, 1) {
                    from := sub(nodes, 0x20)
                    mstore(from, calldataload(sibling))
                    sibling := add(sibling, 0x20)
                    count := add(count, 1)
                }
                if and(count, 1) {
                    mstore(add(from, shl(5, count)), calldataload(sibling))
                    sibling := add(sibling, 0x20)
                    count := add(count, 1)
                }
                // Parent i goes to a word that pair i or one before it has been read from.
                let to := nodes
                for { let end := add(from, shl(5, count)) } lt(from, end) { from := add(from, 0x40) } {
                    mstore(add(node, 0x01), mload(from))
                    mstore(add(node, 0x21), mload(add(from, 0x20)))
                    ok := and(ok, staticcall(gas(), 2, node, 0x41, to, 0x20))
                    ok := and(ok, eq(returndatasize(), 0x20))
                    to := add(to, 0x20)
                }
                count := shr(1, count)
                first := shr(1, first)
            }
            whole := eq(sibling, add(siblings.offset, shl(5, siblings.length)))
            top := mload(nodes)
        }
        if (!ok) revert Sha256.HashFailed();
        return whole && top == root;
    }
}
