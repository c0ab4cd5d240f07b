// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Code} from "./Code.sol";
import {Lanes} from "./Lanes.sol";
import {Lengths} from "./Lengths.sol";
import {Node} from "./Node.sol";
import {Program, Programs} from "./Program.sol";

/// @title Shapes of nodes that move elements
abstract contract MovedShapes is Lengths {
    function _movedShape(Program memory program, Node node) internal view returns (uint256, uint256) {
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
}
