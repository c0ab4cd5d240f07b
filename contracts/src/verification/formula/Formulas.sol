// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Folds} from "./Folds.sol";
import {Lanes} from "./Lanes.sol";
import {Node} from "./Node.sol";
import {Program, Programs} from "./Program.sol";
import {Claims, Evidence, IFormulas} from "../../interfaces/IFormulas.sol";

/// @title Computes single elements of an exact run
/// @notice Holds nothing and asks nobody: any number of arbiters may share one.
contract Formulas is IFormulas, Folds {
    using Programs for Program;

    function shapeOf(bytes calldata formula, Claims calldata claims, Evidence calldata evidence)
        external
        view
        returns (uint8 storedType, uint32[] memory dims)
    {
        unchecked {
            (Program memory program, Node root) = Programs.parse(formula, claims, evidence);
            (uint256 lanes, uint256 rank) = _shape(program, root);
            dims = new uint32[](rank);
            for (uint256 axis; axis < rank; ++axis) {
                dims[axis] = uint32(Lanes.get(lanes, rank - 1 - axis));
            }
            storedType = program.storedType();
        }
    }

    function chunksOf(
        bytes calldata formula,
        uint32[] calldata dims,
        uint64 element,
        Claims calldata claims,
        Evidence calldata evidence
    ) external view returns (uint32[] memory chunks) {
        unchecked {
            (Program memory program,) = Programs.parse(formula, claims, evidence);
            _coordinates(dims, element);
            chunks = new uint32[](program.folds);
            Node node = program.firstFold;
            for (uint256 i; i < chunks.length; ++i) {
                uint256 count = _chunks(program, node);
                if (count > type(uint32).max) _wrongShape(program, node);
                chunks[i] = uint32(count);
                node = node.nextFold();
            }
        }
    }

    function elementOf(
        bytes calldata formula,
        uint32[] calldata dims,
        uint64 element,
        int128[] calldata folded,
        Claims calldata claims,
        Evidence calldata evidence
    ) external view returns (int256) {
        (Program memory program, Node root) = Programs.parse(formula, claims, evidence);
        uint256 spot;
        assembly ("memory-safe") {
            spot := folded.offset
        }
        program.folded = spot;
        program.given = folded.length;
        return _whole(program, root, _coordinates(dims, element));
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
    ) external view returns (int128 after_) {
        unchecked {
            (Program memory program,) = Programs.parse(formula, claims, evidence);
            if (fold >= program.folds) revert NoSuchChunk(fold, chunk);
            Node node = program.firstFold;
            for (uint256 i; i < fold; ++i) {
                node = node.nextFold();
            }
            if (!node.isStraight()) revert FoldNotGiven(fold);
            uint256 terms = _terms(program, node);
            uint256 size = _chunk(node);
            uint256 from = chunk * size;
            if (from >= terms && chunk != 0) revert NoSuchChunk(fold, chunk);
            // Only elementwise nodes stand above it, which hand coordinates on: what is broadcast drops what it hasn't got.
            uint256 out = Lanes.broadcast(_coordinates(dims, element), _dims(program, node));
            int256 state = _fold(
                program, node, out, from, from + size < terms ? from + size : terms, chunk == 0 ? _before(node) : before
            );
            if (state != int128(state)) revert NumberTooLarge();
            return int128(state);
        }
    }

    /// @dev Coordinates, in the graph's order, of the element of a number, as stored.
    function _coordinates(uint32[] calldata dims, uint64 element) private pure returns (uint256) {
        unchecked {
            uint256 rank = dims.length;
            if (rank > 8) revert NoSuchElement(element);
            uint256 lanes;
            for (uint256 axis; axis < rank; ++axis) {
                lanes = (lanes << 32) | dims[axis];
            }
            if (element >= Lanes.product(lanes, rank)) revert NoSuchElement(element);
            if (rank != 4) return Lanes.unflatten(element, lanes, rank);
            // Stored are axes 0, 2, 3, 1: the innermost are the channels, in lane 2.
            uint256 channels = Lanes.get(lanes, 2);
            uint256 others = Lanes.unflatten(element / channels, Lanes.remove(lanes, 2), 3);
            return Lanes.insert(others, 2, element % channels);
        }
    }
}
