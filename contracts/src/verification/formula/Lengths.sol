// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lanes} from "./Lanes.sol";
import {Node} from "./Node.sol";
import {Program, Programs} from "./Program.sol";
import {IFormulas} from "../../interfaces/IFormulas.sol";

/// @title What finding a shape takes
/// @notice Lengths may be elements of other nodes, so shapes and values call each other; a node's are found from its operands', so that ends.
abstract contract Lengths {
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
    function _shape(Program memory program, Node node) internal view virtual returns (uint256 dims, uint256 rank);

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

    function _length(Program memory program, Node node, int256 length) internal pure returns (uint256) {
        if (length < 0 || length > int256(uint256(type(uint32).max))) _wrongShape(program, node);
        return uint256(length);
    }

    /// @dev Dimensions that are the elements of `list`.
    function _listedDims(Program memory program, Node node, Node list)
        internal
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

    /// @dev The lane of an axis of a tensor of `rank`, in which it must be.
    function _laneOf(Program memory program, Node node, uint256 rank, uint256 axis) internal pure returns (uint256) {
        if (axis >= rank) _wrongShape(program, node);
        unchecked {
            return rank - 1 - axis;
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

    function _wrongShape(Program memory program, Node node) internal pure {
        revert IFormulas.WrongShape(program.offsetOf(node));
    }

    function _wrongValue(Program memory program, Node node) internal pure {
        revert IFormulas.WrongValue(program.offsetOf(node));
    }
}
