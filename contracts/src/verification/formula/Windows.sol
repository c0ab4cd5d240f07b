// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Lanes} from "./Lanes.sol";
import {Programs} from "./Program.sol";

/// @notice Where the terms of a convolution or a pooling come from.
/// @param out Coordinates of what is computed. @param x Dimensions of the image.
/// @param columns Of the window. @param channels In a group. @param first Channel of the group.
/// @param how Address of strides and paddings. @param forward Whether it isn't transposed.
struct Window {
    uint256 out;
    uint256 x;
    uint256 columns;
    uint256 channels;
    uint256 first;
    uint256 how;
    bool forward;
}

/// @title What lies under the window of a convolution or a pooling
library Windows {
    /// @notice Coordinates of the weight at a place of the window and a channel of the group.
    function weightAt(Window memory window, uint256 tap, uint256 channel) internal pure returns (uint256) {
        unchecked {
            uint256 made = Lanes.get(window.out, 2);
            uint256 spot = ((tap / window.columns) << 32) | (tap % window.columns);
            return window.forward ? spot | (made << 96) | (channel << 64) : spot | (channel << 96) | (made << 64);
        }
    }

    /// @notice Coordinates, but for the channel, of what lies under a place of the window; all ones if nothing does.
    function under(Window memory window, uint256 tap) internal pure returns (uint256 spot) {
        uint256 y = along(window, 1, tap / window.columns, window.how);
        uint256 x = along(window, 0, tap % window.columns, window.how + 2);
        if (y == type(uint256).max || x == type(uint256).max) return type(uint256).max;
        return (Lanes.get(window.out, 3) << 96) | (y << 32) | x;
    }

    /// @dev The same along one axis. Conv: out · stride + tap − padding. Transposed conv: the place that it is spread from,
    /// (out + padding − tap) / stride.
    function along(Window memory window, uint256 lane, uint256 tap, uint256 how) private pure returns (uint256 place) {
        uint256 out = Lanes.get(window.out, lane);
        uint256 stride = Programs.word2(how);
        uint256 padding = Programs.word2(how + 4);
        unchecked {
            // Below 0 is beyond every length.
            place = window.forward ? out * stride + tap - padding : out + padding - tap;
            if (!window.forward) {
                if (place > type(uint128).max || place % stride != 0) return type(uint256).max;
                place /= stride;
            }
        }
        if (place >= Lanes.get(window.x, lane)) return type(uint256).max;
    }
}
