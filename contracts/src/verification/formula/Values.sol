// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Code} from "./Code.sol";
import {Dyadic} from "./Dyadic.sol";
import {Lanes} from "./Lanes.sol";
import {Node} from "./Node.sol";
import {Opened} from "./Opened.sol";
import {Program, Programs} from "./Program.sol";
import {Shapes} from "./Shapes.sol";
import {Tensor} from "./Tensors.sol";

/// @title Elements of a formula's nodes
/// @notice Coordinates are those of the node, except that an elementwise node may be asked for those of a tensor to which it is broadcast: it hands
/// them on, and whoever stands below it and knows its shape drops what it hasn't got.
abstract contract Values is Shapes {
    using Opened for Program;
    using Programs for Program;

    /// @dev The value of a fold, its bias added, at coordinates of its own.
    function _folded(Program memory program, Node node, uint256 coordinates)
        internal
        view
        virtual
        returns (int256 m, int256 u);

    function _value(Program memory program, Node node, uint256 coordinates)
        internal
        view
        override
        returns (int256 m, int256 u)
    {
        if (node.named() == 0) return _compute(program, node, coordinates);
        // What stands in a formula more than once is computed once: for one element it is nearly always asked for at one place.
        bool known;
        (known, m, u) = node.held(coordinates);
        if (known) return (m, u);
        (m, u) = _compute(program, node, coordinates);
        node.hold(coordinates, m, u);
    }

    function _whole(Program memory program, Node node, uint256 coordinates) internal view override returns (int256 m) {
        int256 u;
        (m, u) = _value(program, node, coordinates);
        return u == 0 ? m : _asWhole(program, node, m, u);
    }

    function _asWhole(Program memory program, Node node, int256 m, int256 u) private pure returns (int256 whole) {
        whole = Dyadic.floor(m, u);
        if (u < -254 ? m != 0 : whole << uint256(-u) != m) _wrongValue(program, node);
    }

    function _compute(Program memory program, Node node, uint256 coordinates) private view returns (int256, int256) {
        uint256 code = node.code();
        if (code < Code.ADD) return _leaf(program, node, coordinates);
        if (code <= Code.OR) return _binary(program, node, coordinates);
        if (code == Code.DIV) return (_quotient(program, node, coordinates), 0);
        if (code <= Code.HARD_SIGMOID) return _unary(program, node, coordinates);
        if (code == Code.WHERE) {
            (int256 condition,) = _operand(program, node.operand(0), coordinates);
            return _operand(program, node.operand(condition != 0 ? 1 : 2), coordinates);
        }
        if (code >= Code.CONV) return _folded(program, node, coordinates);
        (Node from, uint256 spot, bool outside) = _moved(program, node, coordinates);
        if (outside) return (0, 0);
        return _value(program, from, spot);
    }

    /// @dev An operand of an elementwise node, at that node's coordinates.
    function _operand(Program memory program, Node node, uint256 coordinates) private view returns (int256, int256) {
        uint256 code = node.code();
        if (code != Code.NUMBER && !Programs.isElementwise(code)) {
            coordinates = Lanes.broadcast(coordinates, _dims(program, node));
        }
        return _value(program, node, coordinates);
    }

    // ---- what has no operands, or only lengths ----

    function _leaf(Program memory program, Node node, uint256 coordinates) private view returns (int256, int256) {
        unchecked {
            uint256 code = node.code();
            if (code <= Code.CONSTANT) {
                Tensor tensor = program.tensorOf(node);
                int256 m = tensor.elementAt(tensor.placeOf(coordinates));
                return (m, code == Code.CONSTANT ? Programs.unitAt(node.content() + 1) : int256(0));
            }
            if (code == Code.NUMBER) {
                return (Programs.signed8(node.content() + 3), Programs.unitAt(node.content() + 1));
            }
            if (code == Code.FILL) return (Programs.signed8(node.content() + 2), Programs.unitAt(node.content()));
            if (code == Code.LIST) {
                if (coordinates >= Programs.byteAt(node.content())) _wrongShape(program, node);
                return (Programs.signed8(node.content() + 1 + 8 * coordinates), 0);
            }
            if (code == Code.RANGE) {
                int256 step = _whole(program, node.operand(2), 0);
                return (Dyadic.add(_whole(program, node.operand(0), 0), Dyadic.multiply(step, int256(coordinates))), 0);
            }
            return (_lengthOf(program, node, coordinates), 0);
        }
    }

    function _lengthOf(Program memory program, Node node, uint256 index) private view returns (int256) {
        unchecked {
            (uint256 dims, uint256 rank) = _shape(program, node.operand(0));
            if (index >= rank) _wrongShape(program, node);
            uint256 axis = Programs.byteAt(node.content()) + index;
            return int256(Lanes.get(dims, _laneOf(program, node, rank, axis)));
        }
    }

    // ---- elementwise ----

    function _binary(Program memory program, Node node, uint256 coordinates) private view returns (int256, int256) {
        unchecked {
            (int256 x, int256 u) = _operand(program, node.operand(0), coordinates);
            (int256 y, int256 v) = _operand(program, node.operand(1), coordinates);
            if (node.code() == Code.MUL) return (Dyadic.multiply(x, y), u + v);
            (x, y, u) = Dyadic.align(x, u, y, v);
            return _joined(node.code(), x, y, u);
        }
    }

    function _joined(uint256 code, int256 x, int256 y, int256 u) private pure returns (int256, int256) {
        if (code == Code.ADD) return (Dyadic.add(x, y), u);
        if (code == Code.SUB) return (Dyadic.subtract(x, y), u);
        if (code == Code.MAX) return (x > y ? x : y, u);
        if (code == Code.MIN) return (x < y ? x : y, u);
        bool holds;
        if (code == Code.EQUAL) holds = x == y;
        else if (code == Code.LESS) holds = x < y;
        else if (code == Code.GREATER) holds = x > y;
        else if (code == Code.AND) holds = x != 0 && y != 0;
        else holds = x != 0 || y != 0;
        return (holds ? int256(1) : int256(0), 0);
    }

    /// @dev ⌊x / y⌋ of whole x ≥ 0, y ≥ 1.
    function _quotient(Program memory program, Node node, uint256 coordinates) private view returns (int256) {
        int256 x = _wholeOperand(program, node, 0, coordinates);
        int256 y = _wholeOperand(program, node, 1, coordinates);
        if (x < 0 || y < 1) _wrongValue(program, node);
        return x / y;
    }

    function _wholeOperand(Program memory program, Node node, uint256 i, uint256 coordinates)
        private
        view
        returns (int256)
    {
        (int256 m, int256 u) = _operand(program, node.operand(i), coordinates);
        return u == 0 ? m : _asWhole(program, node, m, u);
    }

    function _unary(Program memory program, Node node, uint256 coordinates) private view returns (int256, int256) {
        uint256 code = node.code();
        if (code == Code.ROOT) {
            int256 x = _wholeOperand(program, node, 0, coordinates);
            if (x < 0) _wrongValue(program, node);
            return (int256(Dyadic.root(uint256(x))), 0);
        }
        (int256 m, int256 u) = _operand(program, node.operand(0), coordinates);
        if (code == Code.NOT) return (m == 0 ? int256(1) : int256(0), 0);
        if (code == Code.FLOOR) return (Dyadic.floor(m, u), 0);
        if (code == Code.ROUND) return (Dyadic.round(m, u), 0);
        if (code == Code.RELU) return (m < 0 ? int256(0) : m, u);
        return code == Code.CLIP ? _clipped(node.content(), m, u) : _sigmoid(node.content(), m, u);
    }

    /// @dev unit (2) ‖ least (8) ‖ greatest (8)
    function _clipped(uint256 spot, int256 m, int256 u) private pure returns (int256, int256) {
        unchecked {
            int256 v = Programs.unitAt(spot);
            int256 least = Programs.signed8(spot + 2);
            int256 most = Programs.signed8(spot + 10);
            if (u < v) {
                (least, most) = (Dyadic.shiftLeft(least, uint256(v - u)), Dyadic.shiftLeft(most, uint256(v - u)));
            } else if (v < u) {
                (m, u) = (Dyadic.shiftLeft(m, uint256(u - v)), v);
            }
            if (m < least) m = least;
            return (m > most ? most : m, u);
        }
    }

    /// @dev min(max(αx + β, 0), 1). unit (2) ‖ α (8) ‖ β (8)
    function _sigmoid(uint256 spot, int256 m, int256 u) private pure returns (int256, int256) {
        unchecked {
            int256 v = Programs.unitAt(spot);
            m = Dyadic.multiply(Programs.signed8(spot + 2), m);
            u += v;
            int256 shift;
            (m, shift, u) = Dyadic.align(m, u, Programs.signed8(spot + 10), v);
            m = Dyadic.add(m, shift);
            int256 one = Dyadic.shiftLeft(1, uint256(-u));
            if (m < 0) m = 0;
            return (m > one ? one : m, u);
        }
    }

    // ---- what moves elements ----

    /// @dev Where a node takes an element from. @return outside Whether it is padding, which is 0.
    function _moved(Program memory program, Node node, uint256 coordinates)
        private
        view
        returns (Node from, uint256 spot, bool outside)
    {
        uint256 code = node.code();
        from = node.operand(0);
        if (code == Code.EXPAND) spot = Lanes.broadcast(coordinates, _dims(program, from));
        else if (code == Code.RESHAPE) spot = _unreshaped(program, node, from, coordinates);
        else if (code == Code.TRANSPOSE) spot = _untransposed(program, node, coordinates);
        else if (code == Code.CONCAT) (from, spot) = _partOfConcat(program, node, coordinates);
        else if (code == Code.SLICE) spot = _unsliced(program, node, from, coordinates);
        else if (code == Code.SPLIT) spot = _unsplit(program, node, from, coordinates);
        else if (code == Code.SQUEEZE) spot = _unsqueezed(program, node, from, coordinates);
        else if (code == Code.UNSQUEEZE) spot = _squeezed(program, node, from, coordinates);
        else if (code == Code.PAD) (spot, outside) = _unpadded(program, node, from, coordinates);
        else if (code == Code.GATHER) spot = _gathered(program, node, from, coordinates);
        else spot = _unresized(node, coordinates);
    }

    function _unreshaped(Program memory program, Node node, Node from, uint256 coordinates)
        private
        view
        returns (uint256)
    {
        (uint256 dims, uint256 rank) = _shape(program, node);
        uint256 index = Lanes.flatten(coordinates, dims, rank);
        (dims, rank) = _shape(program, from);
        return Lanes.unflatten(index, dims, rank);
    }

    /// @dev The axis i of the result is the axis perm[i] of x.
    function _untransposed(Program memory program, Node node, uint256 coordinates) private pure returns (uint256 spot) {
        unchecked {
            uint256 rank = Programs.byteAt(node.content());
            for (uint256 i = 1; i <= rank; ++i) {
                uint256 lane = _laneOf(program, node, rank, Programs.byteAt(node.content() + i));
                spot |= Lanes.get(coordinates, rank - i) << (lane << 5);
            }
        }
    }

    function _partOfConcat(Program memory program, Node node, uint256 coordinates)
        private
        view
        returns (Node part, uint256)
    {
        unchecked {
            part = node.operand(0);
            (uint256 dims, uint256 rank) = _shape(program, part);
            uint256 lane = _laneOf(program, node, rank, Programs.byteAt(node.content()));
            uint256 place = Lanes.get(coordinates, lane);
            uint256 count = Programs.byteAt(node.content() + 1);
            for (uint256 i = 1; place >= Lanes.get(dims, lane); ++i) {
                if (i == count) _wrongShape(program, node);
                place -= Lanes.get(dims, lane);
                part = node.operand(i);
                dims = _dims(program, part);
            }
            return (part, Lanes.replace(coordinates, lane, place));
        }
    }

    function _unsliced(Program memory program, Node node, Node from, uint256 coordinates)
        private
        view
        returns (uint256)
    {
        unchecked {
            (uint256 dims, uint256 rank) = _shape(program, from);
            uint256 count = Programs.byteAt(node.content());
            for (uint256 i; i < count; ++i) {
                uint256 lane = _laneOf(program, node, rank, Programs.byteAt(node.content() + 1 + 5 * i));
                uint256 start = _place(_listed(program, node.operand(1), i), Lanes.get(dims, lane));
                coordinates = _replaced(
                    program, node, coordinates, lane, start + Lanes.get(coordinates, lane) * _stepAt(program, node, i)
                );
            }
            return coordinates;
        }
    }

    /// @dev A coordinate that must stay within its lane.
    function _replaced(Program memory program, Node node, uint256 coordinates, uint256 lane, uint256 value)
        private
        pure
        returns (uint256)
    {
        if (value > type(uint32).max) _wrongShape(program, node);
        return Lanes.replace(coordinates, lane, value);
    }

    function _unsplit(Program memory program, Node node, Node from, uint256 coordinates)
        private
        view
        returns (uint256)
    {
        unchecked {
            (uint256 dims, uint256 rank) = _shape(program, from);
            uint256 lane = _laneOf(program, node, rank, Programs.byteAt(node.content()));
            (uint256 start,) = _partOf(program, node, Lanes.get(dims, lane));
            return _replaced(program, node, coordinates, lane, start + Lanes.get(coordinates, lane));
        }
    }

    function _unsqueezed(Program memory program, Node node, Node from, uint256 coordinates)
        private
        view
        returns (uint256)
    {
        unchecked {
            uint256 rank = _rank(program, from);
            uint256 lanes = _lanesNamed(program, node, node.content(), rank);
            for (uint256 lane; lane < rank; ++lane) {
                if ((lanes >> lane) & 1 == 1) coordinates = Lanes.insert(coordinates, lane, 0);
            }
            return coordinates;
        }
    }

    function _squeezed(Program memory program, Node node, Node from, uint256 coordinates)
        private
        view
        returns (uint256)
    {
        unchecked {
            uint256 rank = _rank(program, from) + Programs.byteAt(node.content());
            uint256 lanes = _lanesNamed(program, node, node.content(), rank);
            for (uint256 lane = rank; lane > 0;) {
                --lane;
                if ((lanes >> lane) & 1 == 1) coordinates = Lanes.remove(coordinates, lane);
            }
            return coordinates;
        }
    }

    function _unpadded(Program memory program, Node node, Node from, uint256 coordinates)
        private
        view
        returns (uint256, bool)
    {
        unchecked {
            (uint256 dims, uint256 rank) = _shape(program, from);
            uint256 count = Programs.byteAt(node.content());
            for (uint256 i; i < count; ++i) {
                uint256 lane = _laneOf(program, node, rank, Programs.byteAt(node.content() + 1 + i));
                uint256 before = _length(program, node, _listed(program, node.operand(1), i));
                uint256 place = Lanes.get(coordinates, lane);
                if (place < before || place - before >= Lanes.get(dims, lane)) return (0, true);
                coordinates = Lanes.replace(coordinates, lane, place - before);
            }
            return (coordinates, false);
        }
    }

    function _gathered(Program memory program, Node node, Node from, uint256 coordinates)
        private
        view
        returns (uint256)
    {
        unchecked {
            (uint256 dims, uint256 rank) = _shape(program, from);
            uint256 lane = _laneOf(program, node, rank, Programs.byteAt(node.content()));
            uint256 count = _rank(program, node.operand(1));
            int256 index = _whole(program, node.operand(1), Lanes.low(Lanes.above(coordinates, lane), count));
            if (index < 0 || uint256(index) >= Lanes.get(dims, lane)) _wrongValue(program, node);
            uint256 outer = Lanes.above(coordinates, lane + count) << ((lane + 1) << 5);
            return outer | (uint256(index) << (lane << 5)) | Lanes.low(coordinates, lane);
        }
    }

    function _unresized(Node node, uint256 coordinates) private pure returns (uint256) {
        uint256 down = Programs.word2(node.content());
        uint256 right = Programs.word2(node.content() + 2);
        coordinates = Lanes.replace(coordinates, 1, Lanes.get(coordinates, 1) / down);
        return Lanes.replace(coordinates, 0, Lanes.get(coordinates, 0) / right);
    }
}
