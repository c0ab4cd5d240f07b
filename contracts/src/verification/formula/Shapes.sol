// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Code} from "./Code.sol";
import {FoldedShapes} from "./FoldedShapes.sol";
import {Lanes} from "./Lanes.sol";
import {MovedShapes} from "./MovedShapes.sol";
import {Node} from "./Node.sol";
import {Opened} from "./Opened.sol";
import {Program, Programs} from "./Program.sol";
import {Tensor} from "./Tensors.sol";

/// @title Shapes of a formula's nodes
/// @notice A shape is found when it is asked for, so that a proof brings the headers only of what matters, and kept in its node.
abstract contract Shapes is MovedShapes, FoldedShapes {
    using Opened for Program;
    using Programs for Program;

    /// @dev Dimensions as lanes, and how many.
    function _shape(Program memory program, Node node) internal view override returns (uint256 dims, uint256 rank) {
        bool known;
        (known, dims, rank) = node.shape();
        if (known) return (dims, rank);
        (dims, rank) = _findShape(program, node);
        if (rank > 8) _wrongShape(program, node);
        node.setShape(dims, rank);
    }

    function _findShape(Program memory program, Node node) private view returns (uint256, uint256) {
        uint256 code = node.code();
        if (code <= Code.FILL) return _leafShape(program, node);
        if (code <= Code.DIV) return _broadcastShape(program, node, node.operand(0), node.operand(1));
        if (code <= Code.HARD_SIGMOID) return _shape(program, node.operand(0));
        if (code == Code.WHERE) return _whereShape(program, node);
        if (code < Code.CONV) return _movedShape(program, node);
        if (code <= Code.TRANSPOSED_CONV) return _convShape(program, node);
        if (code <= Code.INTEGER_PRODUCT) return _productShape(program, node);
        if (code < Code.MAX_POOL) return _reducedShape(program, node);
        return _poolShape(program, node);
    }

    // ---- what has no operands, or only lengths ----

    function _leafShape(Program memory program, Node node) private view returns (uint256, uint256) {
        uint256 code = node.code();
        if (code <= Code.CONSTANT) {
            Tensor tensor = program.tensorOf(node);
            return (tensor.dims(), tensor.rank());
        }
        if (code == Code.NUMBER) {
            uint256 rank = Programs.byteAt(node.content());
            return (Lanes.low(0x0000000100000001000000010000000100000001000000010000000100000001, rank), rank);
        }
        if (code == Code.LIST) return (Programs.byteAt(node.content()), 1);
        if (code == Code.SHAPE) return (_shapeLength(program, node), 1);
        if (code == Code.RANGE) return (_rangeLength(program, node), 1);
        return _listedDims(program, node, node.operand(0));
    }

    function _shapeLength(Program memory program, Node node) private view returns (uint256) {
        unchecked {
            (uint256 from, uint256 end) = (Programs.byteAt(node.content()), Programs.byteAt(node.content() + 1));
            if (from > end || end > _rank(program, node.operand(0))) _wrongShape(program, node);
            return end - from;
        }
    }

    /// @dev max(0, ⌈(y − x) / z⌉).
    function _rangeLength(Program memory program, Node node) private view returns (uint256 length) {
        int256 x = _whole(program, node.operand(0), 0);
        int256 y = _whole(program, node.operand(1), 0);
        int256 z = _whole(program, node.operand(2), 0);
        if (z == 0) _wrongValue(program, node);
        if (z < 0) (x, y, z) = (-x, -y, -z);
        if (y > x) length = (uint256(y - x) + uint256(z) - 1) / uint256(z);
        if (length > type(uint32).max) _wrongShape(program, node);
    }

    // ---- elementwise ----

    function _broadcastShape(Program memory program, Node node, Node x, Node y)
        private
        view
        returns (uint256, uint256)
    {
        (uint256 a, uint256 ra) = _shape(program, x);
        (uint256 b, uint256 rb) = _shape(program, y);
        return _broadcast(program, node, a, ra, b, rb);
    }

    function _whereShape(Program memory program, Node node) private view returns (uint256, uint256) {
        (uint256 dims, uint256 rank) = _broadcastShape(program, node, node.operand(1), node.operand(2));
        (uint256 c, uint256 rc) = _shape(program, node.operand(0));
        return _broadcast(program, node, c, rc, dims, rank);
    }
}
