// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Claims, Evidence, IFormulas} from "../../src/interfaces/IFormulas.sol";

/// @notice A formula of the stand-in: what it says of an entry.
/// @param chunks Chunks of each fold. @param seed What sets its numbers apart.
struct StandIn {
    uint8 storedType;
    uint32[] dims;
    uint32[] chunks;
    uint256 seed;
}

/// @title Numbers that a stand-in's elements and chunks come to
library StandInMath {
    /// @notice What chunk `chunk` adds to a fold's state.
    function term(uint256 seed, uint256 element, uint256 fold, uint256 chunk) internal pure returns (int128) {
        return int128(int256(uint256(keccak256(abi.encode(seed, element, fold, chunk))) % 6_001)) - 3_000;
    }

    /// @notice State after the first `count` chunks.
    function stateAfter(uint256 seed, uint256 element, uint256 fold, uint256 count)
        internal
        pure
        returns (int128 state)
    {
        for (uint256 i; i < count; ++i) {
            state += term(seed, element, fold, i);
        }
    }

    /// @notice What an element is before its folds are added.
    function start(uint256 seed, uint256 element) internal pure returns (int256) {
        return int256(seed + 7 * element);
    }

    /// @notice What an element is that comes to this sum: within every type.
    function valueOf(int256 sum) internal pure returns (int256) {
        return (sum % 128 + 128) % 128;
    }
}

/// @title A stand-in for the interpreter of formulas
/// @notice Its elements depend on nothing that was opened, so the game can be tested by itself. That the arbiter passes the right claims, and the evidence
/// whole, it tells by the evidence, which says them again.
contract StandInFormulas is IFormulas {
    error WrongClaims();

    function shapeOf(bytes calldata formula, Claims calldata claims, Evidence calldata evidence)
        external
        pure
        returns (uint8 storedType, uint32[] memory dims)
    {
        StandIn memory f = read(formula, claims, evidence);
        return (f.storedType, f.dims);
    }

    function chunksOf(
        bytes calldata formula,
        uint32[] calldata dims,
        uint64,
        Claims calldata claims,
        Evidence calldata evidence
    ) external pure returns (uint32[] memory chunks) {
        StandIn memory f = read(formula, claims, evidence);
        requireDims(f, dims);
        return f.chunks;
    }

    function elementOf(
        bytes calldata formula,
        uint32[] calldata dims,
        uint64 element,
        int128[] calldata folded,
        Claims calldata claims,
        Evidence calldata evidence
    ) external pure returns (int256) {
        StandIn memory f = read(formula, claims, evidence);
        requireDims(f, dims);
        int256 sum = StandInMath.start(f.seed, element);
        uint256 given;
        for (uint256 i; i < f.chunks.length; ++i) {
            if (f.chunks[i] < 2) {
                sum += StandInMath.stateAfter(f.seed, element, i, f.chunks[i]);
            } else {
                if (given == folded.length) revert FoldNotGiven(i);
                sum += folded[given++];
            }
        }
        return StandInMath.valueOf(sum);
    }

    function chunkOf(
        bytes calldata formula,
        uint32[] calldata dims,
        uint64 element,
        uint32 fold,
        uint32 chunk,
        int128 before,
        Claims calldata claims,
        Evidence calldata evidence
    ) external pure returns (int128) {
        StandIn memory f = read(formula, claims, evidence);
        requireDims(f, dims);
        if (fold >= f.chunks.length || chunk >= f.chunks[fold]) revert NoSuchChunk(fold, chunk);
        return (chunk == 0 ? int128(0) : before) + StandInMath.term(f.seed, element, fold, chunk);
    }

    function read(bytes calldata formula, Claims calldata claims, Evidence calldata evidence)
        private
        pure
        returns (StandIn memory)
    {
        bool same = evidence.leaves.length == 1 && evidence.tensors[0].dataRoot == claims.traceTree
            && evidence.tensors[0].index == claims.entries
            && keccak256(abi.encode(evidence.tensors[0].path)) == keccak256(abi.encode(claims.request))
            && keccak256(evidence.leaves[0].data) == keccak256(formula);
        if (!same) revert WrongClaims();
        return abi.decode(formula, (StandIn));
    }

    function requireDims(StandIn memory f, uint32[] calldata dims) private pure {
        if (keccak256(abi.encode(f.dims)) != keccak256(abi.encode(dims))) revert WrongShape(0);
    }
}
