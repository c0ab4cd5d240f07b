// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFormulas} from "../../interfaces/IFormulas.sol";
import {Lanes} from "./Lanes.sol";
import {Node} from "./Node.sol";
import {Code, Program, Programs} from "./Program.sol";
import {Tensor} from "./Tensors.sol";

/// @title Shapes of a formula's nodes
/// @notice A shape is found when it is asked for, so that a proof brings the headers only of what matters, and kept in its node. Lengths may be elements
/// of other nodes, so shapes and values call each other; a node's are found from its operands', so that ends.
abstract contract Shapes {
    using Programs for Program;

    /// @dev The number m · 2^u at `coordinates` of a node.
    function _value(Program memory program, Node node, uint256 coordinates)
        internal
        view
        virtual
        returns (int256 m, int256 u);

    /// @dev The same of one that must be whole: for u = 0.
    function _whole(Program memory program, Node node, uint256 coordinates) internal view virtual returns (int256);

    /// @dev Dimensions as lanes, and how many.
    function _shape(Program memory program, Node node) internal view returns (uint256 dims, uint256 rank) {
        bool known;
        (known, dims, rank) = node.shape();
        if (known) return (dims, rank);
        (dims, rank) = _findShape(program, node);
        if (rank > 8) _wrongShape(program, node);
        node.setShape(dims, rank);
    }

    function _dims(Program memory program, Node node) internal view returns (uint256 dims) {
        (dims,) = _shape(program, node);
    }

    function _rank(Program memory program, Node node) internal view returns (uint256 rank) {
        (, rank) = _shape(program, node);
    }

    /// @dev An element of a node that holds lengths, axes or places: one of rank 1.
    function _listed(Program memory program, Node node, uint256 index) internal view returns (int256) {
        return _whole(program, node, index);
    }

    /// @dev The number of elements of such a node.
    function _listLength(Program memory program, Node node) internal view returns (uint256) {
        (uint256 dims, uint256 rank) = _shape(program, node);
        if (rank != 1) _wrongShape(program, node);
        return dims;
    }

    /// @dev The lane of an axis of a tensor of `rank`, in which it must be.
    function _laneOf(Program memory program, Node node, uint256 rank, uint256 axis) internal pure returns (uint256) {
        if (axis >= rank) _wrongShape(program, node);
        unchecked {
            return rank - 1 - axis;
        }
    }

    function _wrongShape(Program memory program, Node node) internal pure {
        revert IFormulas.WrongShape(program.offsetOf(node));
    }

    function _wrongValue(Program memory program, Node node) internal pure {
        revert IFormulas.WrongValue(program.offsetOf(node));
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

    /// @dev Dimensions that are the elements of `list`.
    function _listedDims(Program memory program, Node node, Node list)
        private
        view
        returns (uint256 dims, uint256 rank)
    {
        unchecked {
            rank = _listLength(program, list);
            if (rank > 8) _wrongShape(program, node);
            for (uint256 axis; axis < rank; ++axis) {
                dims = (dims << 32) | _length(program, node, _listed(program, list, axis));
            }
        }
    }

    function _length(Program memory program, Node node, int256 length) internal pure returns (uint256) {
        if (length < 0 || length > int256(uint256(type(uint32).max))) _wrongShape(program, node);
        return uint256(length);
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

    function _broadcast(Program memory program, Node node, uint256 a, uint256 ra, uint256 b, uint256 rb)
        internal
        pure
        returns (uint256 dims, uint256 rank)
    {
        unchecked {
            rank = ra > rb ? ra : rb;
            if (a == b && ra == rb) return (a, rank);
            for (uint256 lane; lane < rank; ++lane) {
                uint256 x = lane < ra ? Lanes.get(a, lane) : 1;
                uint256 y = lane < rb ? Lanes.get(b, lane) : 1;
                if (x != y && x != 1 && y != 1) _wrongShape(program, node);
                dims |= (x == 1 ? y : x) << (lane << 5);
            }
        }
    }

    function _whereShape(Program memory program, Node node) private view returns (uint256, uint256) {
        (uint256 dims, uint256 rank) = _broadcastShape(program, node, node.operand(1), node.operand(2));
        (uint256 c, uint256 rc) = _shape(program, node.operand(0));
        return _broadcast(program, node, c, rc, dims, rank);
    }

    // ---- what moves elements ----

    function _movedShape(Program memory program, Node node) private view returns (uint256, uint256) {
        uint256 code = node.code();
        (uint256 dims, uint256 rank) = _shape(program, node.operand(0));
        if (code == Code.RESHAPE) return _reshapedShape(program, node, dims, rank);
        if (code == Code.TRANSPOSE) return _transposedShape(program, node, dims, rank);
        if (code == Code.CONCAT) return (_concatDims(program, node, dims, rank), rank);
        if (code == Code.SLICE) return (_slicedDims(program, node, dims, rank), rank);
        if (code == Code.SPLIT) return (_splitDims(program, node, dims, rank), rank);
        if (code == Code.SQUEEZE) return _squeezedShape(program, node, dims, rank);
        if (code == Code.UNSQUEEZE) return _unsqueezedShape(program, node, dims, rank);
        if (code == Code.EXPAND) return _expandedShape(program, node, dims, rank);
        if (code == Code.PAD) return (_paddedDims(program, node, dims, rank), rank);
        if (code == Code.GATHER) return _gatheredShape(program, node, dims, rank);
        return (_resizedDims(program, node, dims, rank), rank);
    }

    /// @dev A length 0 is x's own along this axis; -1 is what remains.
    function _reshapedShape(Program memory program, Node node, uint256 dims, uint256 rank)
        private
        view
        returns (uint256 to, uint256 count)
    {
        unchecked {
            count = _listLength(program, node.operand(1));
            if (count > 8) _wrongShape(program, node);
            uint256 open = 8;
            for (uint256 lane = count; lane > 0;) {
                --lane;
                int256 length = _listed(program, node.operand(1), count - 1 - lane);
                if (length == -1 && open == 8) {
                    (length, open) = (1, lane);
                } else if (length == 0) {
                    uint256 axis = count - 1 - lane;
                    length = axis < rank ? int256(Lanes.get(dims, rank - 1 - axis)) : int256(0);
                }
                to |= _length(program, node, length) << (lane << 5);
            }
            uint256 elements = Lanes.product(dims, rank);
            if (open < 8) {
                uint256 others = Lanes.product(to, count);
                uint256 rest = others == 0 ? 0 : elements / others;
                to = Lanes.replace(to, open, _length(program, node, rest < 1 << 32 ? int256(rest) : -1));
            }
            if (Lanes.product(to, count) != elements) _wrongShape(program, node);
        }
    }

    function _transposedShape(Program memory program, Node node, uint256 dims, uint256 rank)
        private
        pure
        returns (uint256 to, uint256)
    {
        unchecked {
            if (Programs.byteAt(node.content()) != rank) _wrongShape(program, node);
            uint256 seen;
            for (uint256 i = 1; i <= rank; ++i) {
                uint256 axis = Programs.byteAt(node.content() + i);
                to = (to << 32) | Lanes.get(dims, _laneOf(program, node, rank, axis));
                seen |= 1 << axis;
            }
            if (seen + 1 != 1 << rank) _wrongShape(program, node);
            return (to, rank);
        }
    }

    function _concatDims(Program memory program, Node node, uint256 dims, uint256 rank) private view returns (uint256) {
        unchecked {
            uint256 lane = _laneOf(program, node, rank, Programs.byteAt(node.content()));
            uint256 count = Programs.byteAt(node.content() + 1);
            uint256 total = Lanes.get(dims, lane);
            for (uint256 i = 1; i < count; ++i) {
                (uint256 part, uint256 own) = _shape(program, node.operand(i));
                total += Lanes.get(part, lane);
                if (own != rank || Lanes.replace(part, lane, 0) != Lanes.replace(dims, lane, 0)) {
                    _wrongShape(program, node);
                }
            }
            return Lanes.replace(dims, lane, _length(program, node, int256(total)));
        }
    }

    function _slicedDims(Program memory program, Node node, uint256 dims, uint256 rank) private view returns (uint256) {
        unchecked {
            uint256 count = Programs.byteAt(node.content());
            for (uint256 i; i < count; ++i) {
                uint256 lane = _laneOf(program, node, rank, Programs.byteAt(node.content() + 1 + 5 * i));
                uint256 length = Lanes.get(dims, lane);
                uint256 from = _place(_listed(program, node.operand(1), i), length);
                uint256 end = _place(_listed(program, node.operand(2), i), length);
                uint256 step = _stepAt(program, node, i);
                dims = Lanes.replace(dims, lane, end > from ? (end - from + step - 1) / step : 0);
            }
            return dims;
        }
    }

    function _stepAt(Program memory program, Node node, uint256 i) internal pure returns (uint256 step) {
        unchecked {
            step = Programs.word4(node.content() + 2 + 5 * i);
            if (step == 0 || step > uint32(type(int32).max)) _wrongShape(program, node);
        }
    }

    /// @dev Where a slice starts or ends: counted from the end if negative, and within the axis.
    function _place(int256 spot, uint256 length) internal pure returns (uint256) {
        unchecked {
            if (spot < 0) {
                if (spot < -int256(length)) return 0;
                return uint256(spot + int256(length));
            }
            return uint256(spot) > length ? length : uint256(spot);
        }
    }

    function _splitDims(Program memory program, Node node, uint256 dims, uint256 rank) private view returns (uint256) {
        uint256 lane = _laneOf(program, node, rank, Programs.byteAt(node.content()));
        (, uint256 length) = _partOf(program, node, Lanes.get(dims, lane));
        return Lanes.replace(dims, lane, length);
    }

    /// @dev Where along an axis of length `total` a split's part starts, and how long it is.
    function _partOf(Program memory program, Node node, uint256 total)
        internal
        view
        returns (uint256 from, uint256 length)
    {
        unchecked {
            uint256 parts = Programs.byteAt(node.content() + 1);
            uint256 part = Programs.byteAt(node.content() + 2);
            if (part >= parts) _wrongShape(program, node);
            if (Programs.byteAt(node.content() + 3) == 0) {
                length = (total + parts - 1) / parts;
                from = part * length;
                if (from > total) _wrongShape(program, node);
                if (from + length > total) length = total - from;
            } else {
                for (uint256 i; i <= part; ++i) {
                    from += length;
                    length = _length(program, node, _listed(program, node.operand(1), i));
                }
                if (from + length > total) _wrongShape(program, node);
            }
        }
    }

    /// @dev Bits of the axes, of `rank`, that a node names after its count, by lane. None twice.
    function _lanesNamed(Program memory program, Node node, uint256 spot, uint256 rank)
        internal
        pure
        returns (uint256 lanes)
    {
        unchecked {
            uint256 count = Programs.byteAt(spot);
            for (uint256 i = 1; i <= count; ++i) {
                uint256 bit = 1 << _laneOf(program, node, rank, Programs.byteAt(spot + i));
                if (lanes & bit != 0) _wrongShape(program, node);
                lanes |= bit;
            }
        }
    }

    function _squeezedShape(Program memory program, Node node, uint256 dims, uint256 rank)
        private
        pure
        returns (uint256, uint256)
    {
        unchecked {
            uint256 lanes = _lanesNamed(program, node, node.content(), rank);
            uint256 left = rank;
            for (uint256 lane = rank; lane > 0;) {
                --lane;
                if ((lanes >> lane) & 1 == 0) continue;
                if (Lanes.get(dims, lane) != 1) _wrongShape(program, node);
                dims = Lanes.remove(dims, lane);
                --left;
            }
            return (dims, left);
        }
    }

    function _unsqueezedShape(Program memory program, Node node, uint256 dims, uint256 rank)
        private
        pure
        returns (uint256, uint256)
    {
        unchecked {
            rank += Programs.byteAt(node.content());
            if (rank > 8) _wrongShape(program, node);
            uint256 lanes = _lanesNamed(program, node, node.content(), rank);
            for (uint256 lane; lane < rank; ++lane) {
                if ((lanes >> lane) & 1 == 1) dims = Lanes.insert(dims, lane, 1);
            }
            return (dims, rank);
        }
    }

    function _expandedShape(Program memory program, Node node, uint256 dims, uint256 rank)
        private
        view
        returns (uint256, uint256)
    {
        (uint256 to, uint256 count) = _listedDims(program, node, node.operand(1));
        return _broadcast(program, node, dims, rank, to, count);
    }

    function _paddedDims(Program memory program, Node node, uint256 dims, uint256 rank) private view returns (uint256) {
        unchecked {
            uint256 count = Programs.byteAt(node.content());
            if (_listLength(program, node.operand(1)) != 2 * count) _wrongShape(program, node);
            _lanesNamed(program, node, node.content(), rank);
            for (uint256 i; i < count; ++i) {
                uint256 lane = rank - 1 - Programs.byteAt(node.content() + 1 + i);
                int256 length = int256(Lanes.get(dims, lane));
                for (uint256 side; side < 2; ++side) {
                    length += int256(_length(program, node, _listed(program, node.operand(1), i + side * count)));
                }
                dims = Lanes.replace(dims, lane, _length(program, node, length));
            }
            return dims;
        }
    }

    function _gatheredShape(Program memory program, Node node, uint256 dims, uint256 rank)
        private
        view
        returns (uint256, uint256)
    {
        unchecked {
            uint256 lane = _laneOf(program, node, rank, Programs.byteAt(node.content()));
            (uint256 chosen, uint256 count) = _shape(program, node.operand(1));
            if (rank - 1 + count > 8) _wrongShape(program, node);
            uint256 outer = Lanes.above(dims, lane + 1) << ((lane + count) << 5);
            return (outer | (chosen << (lane << 5)) | Lanes.low(dims, lane), rank - 1 + count);
        }
    }

    function _resizedDims(Program memory program, Node node, uint256 dims, uint256 rank)
        private
        pure
        returns (uint256)
    {
        unchecked {
            uint256 down = Programs.word2(node.content());
            uint256 right = Programs.word2(node.content() + 2);
            if (rank != 4) _wrongShape(program, node);
            dims = Lanes.replace(dims, 1, _length(program, node, int256(Lanes.get(dims, 1) * down)));
            return Lanes.replace(dims, 0, _length(program, node, int256(Lanes.get(dims, 0) * right)));
        }
    }

    // ---- folds ----

    function _convShape(Program memory program, Node node) private view returns (uint256 to, uint256) {
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

    function _poolShape(Program memory program, Node node) private view returns (uint256 to, uint256) {
        unchecked {
            (uint256 x, uint256 rank) = _shape(program, node.operand(0));
            if (rank != 4) _wrongShape(program, node);
            uint256 spot = node.content() + 4;
            to = (Lanes.above(x, 2) << 64)
                | (_windowed(program, node, Lanes.get(x, 1), Programs.word2(spot), spot + 4, true) << 32);
            return (to | _windowed(program, node, Lanes.get(x, 0), Programs.word2(spot + 2), spot + 6, true), 4);
        }
    }

    function _productShape(Program memory program, Node node) private view returns (uint256 dims, uint256 rank) {
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

    function _reducedShape(Program memory program, Node node) private view returns (uint256 dims, uint256 left) {
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
