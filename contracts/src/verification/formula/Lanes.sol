// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Up to eight numbers below 2^32 in one word: the dimensions of a tensor, or the coordinates of an element
/// @notice Lane 0, the lowest 32 bits, is the last axis, so that two tensors stand as NumPy's broadcasting aligns them. Lanes beyond the rank are 0.
library Lanes {
    uint256 private constant LOW = 0xffffffff;
    /// @dev A word with the given 32 bits in every lane is this number times them.
    uint256 private constant EACH = 0x0000000100000001000000010000000100000001000000010000000100000001;

    function get(uint256 lanes, uint256 lane) internal pure returns (uint256) {
        return (lanes >> (lane << 5)) & LOW;
    }

    /// @notice The lowest `count` lanes.
    function low(uint256 lanes, uint256 count) internal pure returns (uint256) {
        unchecked {
            return lanes & ((1 << (count << 5)) - 1); // of 8 lanes: 0 - 1, all
        }
    }

    /// @notice All lanes without the lowest `count`, moved down.
    function above(uint256 lanes, uint256 count) internal pure returns (uint256) {
        return lanes >> (count << 5);
    }

    /// @notice `lanes` with another number in one of them.
    function replace(uint256 lanes, uint256 lane, uint256 value) internal pure returns (uint256) {
        return (lanes & ~(LOW << (lane << 5))) | (value << (lane << 5));
    }

    /// @notice `lanes` with one more between the others.
    function insert(uint256 lanes, uint256 lane, uint256 value) internal pure returns (uint256) {
        unchecked {
            return low(lanes, lane) | (value << (lane << 5)) | (above(lanes, lane) << ((lane + 1) << 5));
        }
    }

    /// @notice `lanes` with one less.
    function remove(uint256 lanes, uint256 lane) internal pure returns (uint256) {
        unchecked {
            return low(lanes, lane) | (above(lanes, lane + 1) << (lane << 5));
        }
    }

    /// @notice Coordinates in a tensor of `dims` of what stands at `coordinates` of a tensor to which it is broadcast: 0 along axes of length 1 and axes that it
    /// hasn't got.
    function broadcast(uint256 coordinates, uint256 dims) internal pure returns (uint256) {
        unchecked {
            // Without its lowest bit a lane is 0 just where it was 0 or 1. Adding 2^31 - 1 to its lower 31 bits carries into its top bit unless they are 0.
            uint256 many = dims & ~EACH;
            uint256 tops = ((many & (EACH * 0x7fffffff)) + EACH * 0x7fffffff) | many;
            return coordinates & (((tops >> 31) & EACH) * LOW);
        }
    }

    /// @notice How many elements there are: less than 2^256, whatever the dimensions.
    function product(uint256 dims, uint256 rank) internal pure returns (uint256 elements) {
        unchecked {
            elements = 1;
            for (uint256 lane; lane < rank; ++lane) {
                elements *= get(dims, lane);
            }
        }
    }

    /// @notice Row-major number of an element.
    function flatten(uint256 coordinates, uint256 dims, uint256 rank) internal pure returns (uint256 index) {
        unchecked {
            for (uint256 lane = rank; lane-- > 0;) {
                index = index * get(dims, lane) + get(coordinates, lane);
            }
        }
    }

    /// @notice Coordinates of the element of a row-major number. Panics where a length is 0.
    function unflatten(uint256 index, uint256 dims, uint256 rank) internal pure returns (uint256 coordinates) {
        unchecked {
            for (uint256 lane; lane < rank; ++lane) {
                uint256 length = get(dims, lane);
                coordinates |= (index % length) << (lane << 5);
                index /= length;
            }
        }
    }
}
