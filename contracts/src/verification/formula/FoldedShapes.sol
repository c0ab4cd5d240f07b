// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Code} from "./Code.sol";
import {Lanes} from "./Lanes.sol";
import {Lengths} from "./Lengths.sol";
import {Node} from "./Node.sol";
import {Program, Programs} from "./Program.sol";

/// @title Shapes of folds
abstract contract FoldedShapes is Lengths {
    function _convShape(Program memory program, Node node) internal view returns (uint256 to, uint256) {
        unchecked {
            (uint256 x, uint256 rank) = _shape(program, node.operand(0));
            (uint256 w, uint256 rankOfWeights) = _shape(program, node.operand(1));
            if (rank != 4 || rankOfWeights != 4) _wrongShape(program, node);
            bool forward = node.code() == Code.CONV;
            uint256 channels = Lanes.get(x, 2);
            if (forward) {
                uint256 group = Programs.word4(node.content() + 4);
                bool fits = group != 0 && Lanes.get(w, 2) * group == channels && Lanes.get(w, 3) % group == 0;
                if (!fits) _wrongShape(program, node);
            } else if (Lanes.get(w, 3) != channels) {
                _wrongShape(program, node);
            }
            to = (Lanes.get(x, 3) << 96) | (Lanes.get(w, forward ? 3 : 2) << 64);
            uint256 how = node.content() + (forward ? 8 : 4);
            to |= _windowed(program, node, Lanes.get(x, 1), Lanes.get(w, 1), how, forward) << 32;
            return (to | _windowed(program, node, Lanes.get(x, 0), Lanes.get(w, 0), how + 2, forward), 4);
        }
    }

    /// @dev Length along an image's axis over which a window goes, or which a transposed conv spreads.
    /// @param how Address of the stride, behind which, four bytes on, stands the padding before, and four bytes on that behind.
    function _windowed(Program memory program, Node node, uint256 length, uint256 window, uint256 how, bool forward)
        private
        pure
        returns (uint256)
    {
        unchecked {
            uint256 stride = Programs.word2(how);
            uint256 padding = Programs.word2(how + 4) + Programs.word2(how + 8);
            if (stride == 0 || window == 0 || length == 0) _wrongShape(program, node);
            if (forward) {
                if (length + padding < window) _wrongShape(program, node);
                return _length(program, node, int256((length + padding - window) / stride + 1));
            }
            uint256 spread = (length - 1) * stride + window;
            if (spread <= padding) _wrongShape(program, node);
            return _length(program, node, int256(spread - padding));
        }
    }

    function _poolShape(Program memory program, Node node) internal view returns (uint256 to, uint256) {
        unchecked {
            (uint256 x, uint256 rank) = _shape(program, node.operand(0));
            if (rank != 4) _wrongShape(program, node);
            uint256 spot = node.content() + 4;
            to = (Lanes.above(x, 2) << 64)
                | (_windowed(program, node, Lanes.get(x, 1), Programs.word2(spot), spot + 4, true) << 32);
            return (to | _windowed(program, node, Lanes.get(x, 0), Programs.word2(spot + 2), spot + 6, true), 4);
        }
    }

    function _productShape(Program memory program, Node node) internal view returns (uint256 dims, uint256 rank) {
        unchecked {
            (uint256 x, uint256 rx) = _shape(program, node.operand(0));
            (uint256 y, uint256 ry) = _shape(program, node.operand(1));
            if (rx == 0 || ry == 0 || Lanes.get(x, 0) != Lanes.get(y, ry == 1 ? 0 : 1)) _wrongShape(program, node);
            (dims, rank) = _broadcast(
                program, node, Lanes.above(x, 2), rx < 2 ? 0 : rx - 2, Lanes.above(y, 2), ry < 2 ? 0 : ry - 2
            );
            if (rx > 1) (dims, rank) = ((dims << 32) | Lanes.get(x, 1), rank + 1);
            if (ry > 1) (dims, rank) = ((dims << 32) | Lanes.get(y, 0), rank + 1);
        }
    }

    function _reducedShape(Program memory program, Node node) internal view returns (uint256 dims, uint256 left) {
        unchecked {
            uint256 rank;
            (dims, rank) = _shape(program, node.operand(0));
            uint256 lanes = _reducedLanes(program, node, rank);
            bool keep = _keeps(node);
            left = rank;
            for (uint256 lane = rank; lane > 0;) {
                --lane;
                if ((lanes >> lane) & 1 == 0) continue;
                if (keep) {
                    dims = Lanes.replace(dims, lane, 1);
                } else {
                    dims = Lanes.remove(dims, lane);
                    --left;
                }
            }
        }
    }

    /// @dev Bits, by lane of the operand, of the axes that a reduction takes together.
    function _reducedLanes(Program memory program, Node node, uint256 rank) internal pure returns (uint256) {
        if (node.code() == Code.PLACE) return 1 << _laneOf(program, node, rank, Programs.byteAt(node.content() + 5));
        return _lanesNamed(program, node, node.content() + 5, rank);
    }

    /// @dev Whether a reduction keeps lengths of 1.
    function _keeps(Node node) internal pure returns (bool) {
        return Programs.byteAt(node.content() + 4) != 0;
    }
}
