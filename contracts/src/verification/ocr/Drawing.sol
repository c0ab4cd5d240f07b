// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PageTensor} from "./PageTensors.sol";

/// @notice A part of the page, and how large it is drawn.
struct Window {
    int256 left;
    int256 top;
    int256 right;
    int256 bottom;
    uint256 width;
    uint256 height;
}

/// @notice An interval of one axis of the page, drawn as `size` pixels. @param limit How many pixels the axis has.
struct Axis {
    int256 start;
    uint256 length;
    uint256 size;
    uint256 limit;
}

using Drawing for Window global;
using Drawing for Axis global;

/// @title Windows of a page and what is drawn of them (specs/exact-ocr.md, "Resampling", "Frame", "Boxes", "Text")
library Drawing {
    /// @dev Halvings of the page's side in the detector, and the most of them in a frame.
    uint256 private constant STEP = 32;
    uint256 private constant MOST_STEPS = 29;
    uint256 private constant STRIP_HEIGHT = 48;
    uint256 private constant STRIP_STEP = 8;
    uint256 private constant LEAST_STRIP = 4;
    uint256 private constant MOST_STRIP = 384;

    /// @notice How many pixels of the page make 32 of the frame.
    function reductionOf(uint256 width, uint256 height) internal pure returns (uint256) {
        uint256 longest = width > height ? width : height;
        uint256 reduction = _ceilDiv(longest, MOST_STEPS);
        return reduction < STEP ? STEP : reduction;
    }

    /// @notice What the detector is shown of a page.
    function frameOf(uint256 width, uint256 height) internal pure returns (Window memory frame) {
        uint256 reduction = reductionOf(width, height);
        uint256 across = 1 + _ceilDiv(width, reduction);
        uint256 down = 1 + _ceilDiv(height, reduction);
        int256 start = -int256(reduction / 2);
        frame = Window({
            left: start,
            top: start,
            right: start + int256(across * reduction),
            bottom: start + int256(down * reduction),
            width: STEP * across,
            height: STEP * down
        });
    }

    /// @notice The strip of an area of the frame: its box on the page, and how wide it is drawn.
    function stripOf(int256 left, int256 top, int256 right, int256 bottom, uint256 reduction)
        internal
        pure
        returns (Window memory strip)
    {
        int256 margin = int256(STEP) * 17 * (right - left) * (bottom - top) / (20 * (right - left + bottom - top));
        strip.left = _below(left, margin, reduction);
        strip.top = _below(top, margin, reduction);
        strip.right = _above(right, margin, reduction);
        strip.bottom = _above(bottom, margin, reduction);
        strip.height = STRIP_HEIGHT;
        strip.width = _stripWidth(uint256(strip.right - strip.left), uint256(strip.bottom - strip.top));
    }

    /// @notice Columns of the page that a window shows.
    function columns(Window memory window, uint256 limit) internal pure returns (Axis memory) {
        return Axis(window.left, uint256(window.right - window.left), window.width, limit);
    }

    /// @notice Rows of the page that a window shows.
    function rows(Window memory window, uint256 limit) internal pure returns (Axis memory) {
        return Axis(window.top, uint256(window.bottom - window.top), window.height, limit);
    }

    /// @notice The first row of the page that may be read for a window, and how many.
    function rowsUnder(Window memory window, uint256 limit) internal pure returns (uint256 first, uint256 count) {
        first = _clamp(window.top - 1, limit);
        count = _clamp(window.bottom, limit) + 1 - first;
    }

    /// @notice Samples of each pixel.
    function samplesOf(Axis memory axis) internal pure returns (uint256) {
        return _ceilDiv(axis.length, axis.size);
    }

    /// @notice Sum over the samples of a pixel, of what lies along the axis.
    /// @param values Where it lies. @param base Element of `values` that stands for pixel 0 of the axis; it need not be there.
    /// @param stride Elements from one pixel of the axis to the next.
    function weigh(Axis memory axis, uint256 pixel, PageTensor memory values, int256 base, uint256 stride)
        internal
        pure
        returns (int256 sum)
    {
        uint256 samples = axis.samplesOf();
        uint256 all = samples * axis.size;
        int256 start = 16 * axis.start - 8;
        // Lengths and numbers of pixels have 32 bits, values no more.
        unchecked {
            uint256 step = 16 * axis.length;
            uint256 along = pixel * samples * step + step / 2;
            for (; samples != 0; --samples) {
                int256 position = start + int256(along / all);
                int256 fraction = position & 15;
                sum += (16 - fraction) * _value(axis, position >> 4, values, base, stride);
                if (fraction != 0) sum += fraction * _value(axis, (position >> 4) + 1, values, base, stride);
                along += step;
            }
        }
    }

    function _value(Axis memory axis, int256 pixel, PageTensor memory values, int256 base, uint256 stride)
        private
        pure
        returns (int256)
    {
        return values.get(uint256(base + int256(_clamp(pixel, axis.limit) * stride)));
    }

    function _clamp(int256 pixel, uint256 limit) private pure returns (uint256) {
        if (pixel < 0) return 0;
        return uint256(pixel) < limit ? uint256(pixel) : limit - 1;
    }

    /// @dev 32nds of a pixel of the frame, less the margin, as whole pixels of the page. Shifts round downwards.
    function _below(int256 edge, int256 margin, uint256 reduction) private pure returns (int256) {
        return ((int256(STEP) * edge - margin) * int256(reduction) >> 10) - int256(reduction / 2);
    }

    function _above(int256 edge, int256 margin, uint256 reduction) private pure returns (int256) {
        return -(-(int256(STEP) * edge + margin) * int256(reduction) >> 10) - int256(reduction / 2);
    }

    /// @dev Of the numbers of steps with four binary digits the one nearest to the box's shape, of two the larger.
    function _stripWidth(uint256 width, uint256 height) private pure returns (uint256) {
        uint256 across = 2 * STRIP_HEIGHT * width;
        uint256 down = STRIP_STEP * height;
        uint256 unit = 1;
        while (across >= 31 * unit * down) unit *= 2;
        uint256 steps = unit * ((across + unit * down) / (2 * unit * down));
        if (steps < LEAST_STRIP) steps = LEAST_STRIP;
        return STRIP_STEP * (steps > MOST_STRIP ? MOST_STRIP : steps);
    }

    function _ceilDiv(uint256 x, uint256 y) private pure returns (uint256) {
        return (x + y - 1) / y;
    }
}
