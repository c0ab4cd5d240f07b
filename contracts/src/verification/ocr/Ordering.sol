// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISteps} from "../../interfaces/IPageSteps.sol";
import {PageClaims, PageEvidence} from "../../types/Page.sol";
import {PageLayout} from "./PageLayout.sol";
import {PageTensor, PageTensors} from "./PageTensors.sol";

/// @title From the pieces' boxes and texts to the response (specs/exact-ocr.md, "Lines")
library Ordering {
    using PageTensors for uint256;

    uint256 private constant LEFT = 0;
    uint256 private constant TOP = 1;
    uint256 private constant RIGHT = 2;
    uint256 private constant BOTTOM = 3;
    uint256 private constant WINDOW = 5;
    uint8 private constant SPACE = 0x20;
    uint8 private constant LINE_FEED = 0x0a;

    /// @notice The line of a piece. Evidence: its `reading`; if it is not empty, `windows` and `rows` too, all of them.
    function rowOf(PageClaims calldata claims, PageEvidence calldata evidence, uint256 piece)
        internal
        view
        returns (int256)
    {
        if (PageTensors.open(claims, evidence, 0, PageLayout.READING, piece).dim(0) == 0) return -1;
        (uint256 windows, uint256 count) = _tableOf(claims, evidence, 1, PageLayout.WINDOWS, WINDOW);
        (uint256 rows, uint256 known) = _tableOf(claims, evidence, 2, PageLayout.ROWS, 1);
        if (piece >= count || known != count) revert ISteps.NotThere(piece);
        (int256 top, int256 bottom) = _heights(windows, piece);
        int256 joined = type(int256).max;
        int256 next;
        unchecked {
            for (uint256 i; i < count; ++i) {
                int256 row = rows.numberAt(i);
                if (i == piece || row < 0) continue;
                (int256 above, int256 below) = _heights(windows, i);
                int256 later = above + below - top - bottom;
                if (later > 0 || (later == 0 && i > piece)) continue;
                if (row >= next) next = row + 1;
                if (row < joined && _shareRow(top, bottom, above, below)) joined = row;
            }
        }
        return joined < next ? joined : next;
    }

    /// @notice How many lines there are. @param rows All of them.
    function linesOf(PageTensor memory rows) internal pure returns (uint256 lines) {
        uint256 count = rows.dim(0);
        uint256 from = rows.numbers(0, count);
        unchecked {
            for (uint256 i; i < count; ++i) {
                int256 row = from.numberAt(i);
                if (row >= int256(lines)) lines = uint256(row) + 1;
            }
        }
    }

    /// @notice How many pieces have text. @param rows All of them.
    function piecesIn(PageTensor memory rows) internal pure returns (uint256 pieces) {
        uint256 count = rows.dim(0);
        uint256 from = rows.numbers(0, count);
        unchecked {
            for (uint256 i; i < count; ++i) {
                if (from.numberAt(i) >= 0) ++pieces;
            }
        }
    }

    /// @notice An element of `places`. Of a piece's number, evidence: that number; `windows` and `rows`, all of them. Of where it starts, but for the
    /// first: `places` before it, and the `reading` there.
    function placeOf(PageClaims calldata claims, PageEvidence calldata evidence, uint256 element)
        internal
        view
        returns (int256)
    {
        uint256 k = element / 2;
        if (element % 2 == 0) return _pieceAt(claims, evidence, k);
        if (k == 0) return 0;
        PageTensor memory places = PageTensors.open(claims, evidence, 0, PageLayout.PLACES, 0);
        uint256 before = uint256(places.get(2 * k - 2));
        PageTensor memory reading = PageTensors.open(claims, evidence, 1, PageLayout.READING, before);
        return places.get(2 * k - 1) + int256(reading.dim(0)) + 1;
    }

    /// @notice Bytes of the text. Evidence: `places`, the last one, and the `reading` there; of no pieces, `places` alone.
    function bytesOf(PageClaims calldata claims, PageEvidence calldata evidence) internal view returns (uint256) {
        PageTensor memory places = PageTensors.open(claims, evidence, 0, PageLayout.PLACES, 0);
        uint256 count = places.dim(0);
        if (count == 0) return 0;
        uint256 last = uint256(places.get(2 * count - 2));
        PageTensor memory reading = PageTensors.open(claims, evidence, 1, PageLayout.READING, last);
        return uint256(places.get(2 * count - 1)) + reading.dim(0);
    }

    /// @notice A byte of the text. Evidence: the place whose text it is of or stands behind; `places` there and behind it, the `reading` there, and for a byte
    /// between two texts `rows` of both.
    function byteOf(PageClaims calldata claims, PageEvidence calldata evidence, uint256 number)
        internal
        view
        returns (int256)
    {
        uint256 k = evidence.place;
        PageTensor memory places = PageTensors.open(claims, evidence, 0, PageLayout.PLACES, 0);
        uint256 piece = uint256(places.get(2 * k));
        uint256 start = uint256(places.get(2 * k + 1));
        PageTensor memory reading = PageTensors.open(claims, evidence, 1, PageLayout.READING, piece);
        if (number < start || number > start + reading.dim(0)) revert ISteps.NotThere(k);
        if (number < start + reading.dim(0)) return reading.get(number - start);
        uint256 next = uint256(places.get(2 * k + 2));
        PageTensor memory rows = PageTensors.open(claims, evidence, 2, PageLayout.ROWS, 0);
        return int256(uint256(rows.get(piece) == rows.get(next) ? SPACE : LINE_FEED));
    }

    /// @notice An element of `lines`. Evidence: `rows`, all of them; of the last element `text`; else the place of the line's first piece, and `places` there and
    /// before it.
    function lineOf(PageClaims calldata claims, PageEvidence calldata evidence, uint256 line)
        internal
        view
        returns (int256)
    {
        PageTensor memory rows = PageTensors.open(claims, evidence, 0, PageLayout.ROWS, 0);
        if (line == linesOf(rows)) return int256(PageTensors.open(claims, evidence, 1, PageLayout.TEXT, 0).dim(0));
        uint256 k = evidence.place;
        PageTensor memory places = PageTensors.open(claims, evidence, 1, PageLayout.PLACES, 0);
        bool there = rows.get(uint256(places.get(2 * k))) == int256(line);
        if (!there || (k != 0 && rows.get(uint256(places.get(2 * k - 2))) == int256(line))) {
            revert ISteps.NotThere(k);
        }
        return places.get(2 * k + 1);
    }

    /// @notice An element of `boxes`. Evidence: `windows` and `rows`, all of them.
    function cornerOf(PageClaims calldata claims, PageEvidence calldata evidence, uint256 element)
        internal
        view
        returns (int256 edge)
    {
        (uint256 windows, uint256 pieces) = _tableOf(claims, evidence, 0, PageLayout.WINDOWS, WINDOW);
        (uint256 rows, uint256 count) = _tableOf(claims, evidence, 1, PageLayout.ROWS, 1);
        if (pieces != count) revert ISteps.NotThere(count);
        uint256 corner = element / 2 % 4;
        // Clockwise from the top left.
        bool far = element % 2 == 0 ? corner == 1 || corner == 2 : corner >= 2;
        uint256 column = element % 2 == 0 ? (far ? RIGHT : LEFT) : (far ? BOTTOM : TOP);
        edge = far ? type(int256).min : type(int256).max;
        unchecked {
            for (uint256 i; i < count; ++i) {
                if (rows.numberAt(i) != int256(element / 8)) continue;
                int256 own = windows.numberAt(i * WINDOW + column);
                if (far ? own > edge : own < edge) edge = own;
            }
        }
    }

    /// @dev The piece that evidence names, if so many stand before it in reading order.
    function _pieceAt(PageClaims calldata claims, PageEvidence calldata evidence, uint256 k)
        private
        view
        returns (int256)
    {
        (uint256 windows, uint256 pieces) = _tableOf(claims, evidence, 0, PageLayout.WINDOWS, WINDOW);
        (uint256 rows, uint256 count) = _tableOf(claims, evidence, 1, PageLayout.ROWS, 1);
        uint256 piece = evidence.place;
        if (piece >= count || pieces != count) revert ISteps.NotThere(piece);
        int256 row = rows.numberAt(piece);
        if (row < 0) revert ISteps.NotThere(piece);
        int256 own = _orderOf(windows, piece);
        uint256 before;
        unchecked {
            for (uint256 i; i < count; ++i) {
                int256 other = rows.numberAt(i);
                if (i == piece || other < 0 || other > row) continue;
                if (other < row) {
                    ++before;
                    continue;
                }
                int256 order = _orderOf(windows, i);
                if (order < own || (order == own && i < piece)) ++before;
            }
        }
        if (before != k) revert ISteps.NotThere(piece);
        return int256(piece);
    }

    /// @dev What reading order within a line goes by: across, then down. Sums of two of 32 bits don't meet.
    function _orderOf(uint256 windows, uint256 piece) private pure returns (int256) {
        unchecked {
            uint256 start = piece * WINDOW;
            int256 across = windows.numberAt(start + LEFT) + windows.numberAt(start + RIGHT);
            return (across << 64) + windows.numberAt(start + TOP) + windows.numberAt(start + BOTTOM);
        }
    }

    function _heights(uint256 windows, uint256 piece) private pure returns (int256 top, int256 bottom) {
        unchecked {
            return (windows.numberAt(piece * WINDOW + TOP), windows.numberAt(piece * WINDOW + BOTTOM));
        }
    }

    /// @dev An entry of numbers, all of it. @return from As `PageTensors.numbers` has it. @return count Of its rows.
    function _tableOf(
        PageClaims calldata claims,
        PageEvidence calldata evidence,
        uint256 opening,
        uint256 kind,
        uint256 columns
    ) private view returns (uint256 from, uint256 count) {
        PageTensor memory table = PageTensors.open(claims, evidence, opening, kind, 0);
        count = table.dim(0);
        from = table.numbers(0, count * columns);
    }

    /// @dev Whether the heights overlap by half of the lesser one.
    function _shareRow(int256 top, int256 bottom, int256 above, int256 below) private pure returns (bool) {
        unchecked {
            int256 overlap = (bottom < below ? bottom : below) - (top > above ? top : above);
            (int256 x, int256 y) = (bottom - top, below - above);
            return 2 * overlap >= (x < y ? x : y);
        }
    }
}
