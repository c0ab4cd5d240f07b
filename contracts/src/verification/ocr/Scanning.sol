// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Sha256Tree} from "../../libraries/Sha256Tree.sol";
import {Elements} from "../formula/Elements.sol";
import {PageTensor} from "./PageTensors.sol";

/// @notice A connected area of text as far as it is known. Edges on the right and at the bottom are exclusive.
struct Area {
    int256 left;
    int256 top;
    int256 right;
    int256 bottom;
    int256 pixels;
    int256 sum;
}

/// @notice A state of a scan: how many pieces were found, the runs of the last row, and the areas that they are part of.
/// @param runs Three numbers of each run: start, end, area. @param areas In the order of their first runs.
struct ScanState {
    uint256 pieces;
    uint256[] runs;
    Area[] areas;
}

/// @title One row of the search for pieces of text (specs/exact-ocr.md, "Pieces")
library Scanning {
    int256 private constant LEAST_HEIGHT = 3;
    int256 private constant LEAST_PIXELS = 9;
    int256 private constant LEAST_MEAN = 8;
    uint256 internal constant MOST_PIECES = 256;
    uint256 private constant MOST_RUNS = 64;
    /// @dev The highest bit of each byte; the lower byte of each two.
    uint256 private constant MARKS = 0x8080808080808080808080808080808080808080808080808080808080808080;
    uint256 private constant PAIRS = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;

    /// @notice The state of which these are the tensor's data. Reverts or gives nonsense if they are none.
    function parse(bytes calldata data) internal pure returns (ScanState memory state) {
        if (data.length == 0) return state;
        uint256 from;
        assembly ("memory-safe") {
            from := mload(0x40)
            mstore(0x40, add(from, and(add(data.length, 0x3f), not(0x1f))))
            calldatacopy(from, data.offset, data.length)
        }
        Elements.turn(from, from, data.length, 4);
        state.pieces = uint256(_number(from));
        state.runs = new uint256[](3 * uint256(_number(from + 4)));
        state.areas = _room(uint256(_number(from + 8)));
        from += 12;
        unchecked {
            for (uint256 i; i < state.runs.length; ++i) {
                state.runs[i] = uint256(_number(from));
                from += 4;
            }
            for (uint256 i; i < state.areas.length; ++i) {
                Area memory area = Area(_number(from), _number(from + 4), _number(from + 8), 0, 0, 0);
                (area.bottom, area.pixels, area.sum) = (_number(from + 12), _number(from + 16), _number(from + 20));
                state.areas[i] = area;
                from += 24;
            }
        }
    }

    /// @notice The state after another row, and the pieces that ended above it.
    /// @param odds The detector's map, `width` wide; row `y` of it must be there if `y` is below `height`.
    function step(ScanState memory state, PageTensor memory odds, uint256 y, uint256 width, uint256 height)
        internal
        pure
        returns (ScanState memory next, Area[] memory ended)
    {
        Area[] memory found = y < height ? _runsOf(odds, y, width) : _room(0);
        uint256[] memory parents = _connect(state, found);
        ended = _ended(state, parents);
        next.pieces = state.pieces + ended.length;
        _unite(state.areas, found, parents, next);
    }

    /// @notice Digest of the state's tensor.
    function digest(ScanState memory state) internal view returns (bytes32) {
        uint256 runs = state.runs.length / 3;
        uint256 count = 3 + 3 * runs + 6 * state.areas.length;
        bytes memory data = new bytes(4 * count + 32);
        uint256 to;
        assembly ("memory-safe") {
            to := add(data, 0x20)
            mstore(data, shl(2, count))
        }
        uint256 from = to;
        to = _write(_write(_write(to, int256(state.pieces)), int256(runs)), int256(state.areas.length));
        unchecked {
            for (uint256 i; i < state.runs.length; ++i) {
                to = _write(to, int256(state.runs[i]));
            }
            for (uint256 i; i < state.areas.length; ++i) {
                Area memory area = state.areas[i];
                to = _write(_write(_write(to, area.left), area.top), area.right);
                to = _write(_write(_write(to, area.bottom), area.pixels), area.sum);
            }
        }
        Elements.turn(from, from, to - from, 4);
        bytes memory header = abi.encodePacked(uint8(5), "state", uint8(2), uint8(1), uint32(count));
        return Sha256Tree.hash(abi.encodePacked(hex"02", header, Sha256Tree.rootOf(data)));
    }

    /// @dev The first runs of text in a row, each as an area of its own.
    function _runsOf(PageTensor memory odds, uint256 y, uint256 width) private pure returns (Area[] memory found) {
        found = _room(MOST_RUNS);
        uint256 from = odds.data.find(y * width, width);
        uint256 count;
        // The run that has begun.
        bool inside;
        (uint256 left, int256 sum) = (0, 0);
        unchecked {
            // 32 pixels, of which there are whole numbers in a row, from change to change.
            for (uint256 x; x < width && count < MOST_RUNS; x += 32) {
                uint256 raised = _raised(from + x);
                uint256 marks = _marks(raised);
                for (uint256 done; done < 32;) {
                    uint256 same = _leading((inside ? marks ^ MARKS : marks) << 8 * done);
                    if (same > 32 - done) same = 32 - done;
                    if (inside) sum += _sumOf(raised << 8 * done, same);
                    done += same;
                    if (done == 32) break;
                    inside = !inside;
                    if (inside) {
                        (left, sum) = (x + done, 0);
                    } else {
                        found[count++] = _runAt(left, x + done, y, sum);
                        if (count == MOST_RUNS) break;
                    }
                }
            }
            if (inside) found[count++] = _runAt(left, width, y, sum);
        }
        assembly ("memory-safe") {
            mstore(found, count)
        }
    }

    function _runAt(uint256 left, uint256 right, uint256 y, int256 sum) private pure returns (Area memory) {
        unchecked {
            return Area(int256(left), int256(y), int256(right), int256(y + 1), int256(right - left), sum);
        }
    }

    /// @dev 32 of the map's values, each raised by 128 so that none is below 0.
    function _raised(uint256 from) private pure returns (uint256 raised) {
        assembly ("memory-safe") {
            raised := xor(mload(from), MARKS)
        }
    }

    /// @dev The highest bit of each of 32 values that is text. Adding 13 to seven bits carries into the eighth from 115 on, which is −13 raised; whatever has
    /// the eighth bit already is text anyway.
    function _marks(uint256 raised) private pure returns (uint256) {
        unchecked {
            return (((raised & ~MARKS) + 13 * (MARKS >> 7)) | raised) & MARKS;
        }
    }

    /// @dev How many bytes there are before the first that is not 0.
    function _leading(uint256 word) private pure returns (uint256 count) {
        unchecked {
            if (word == 0) return 32;
            if (word >> 128 == 0) (count, word) = (16, word << 128);
            if (word >> 192 == 0) (count, word) = (count + 8, word << 64);
            if (word >> 224 == 0) (count, word) = (count + 4, word << 32);
            if (word >> 240 == 0) (count, word) = (count + 2, word << 16);
            if (word >> 248 == 0) ++count;
        }
    }

    /// @dev What the first `count` of 32 values add up to: neighbours first, then all pairs in the highest one's place.
    function _sumOf(uint256 raised, uint256 count) private pure returns (int256) {
        unchecked {
            raised &= ~(type(uint256).max >> 8 * count);
            uint256 pairs = (raised & PAIRS) + (raised >> 8 & PAIRS);
            return int256(pairs * (PAIRS / 255) >> 240) - int256(128 * count);
        }
    }

    /// @dev Trees of the areas above and the runs of this row, which stand behind them. The later of two roots becomes the other's parent, so that an
    /// area that touches a run is no root.
    function _connect(ScanState memory state, Area[] memory found) private pure returns (uint256[] memory parents) {
        uint256 above = state.areas.length;
        parents = new uint256[](above + found.length);
        uint256 first;
        unchecked {
            for (uint256 i; i < parents.length; ++i) {
                parents[i] = i;
            }
            for (uint256 i; i < found.length; ++i) {
                (uint256 left, uint256 right) = (uint256(found[i].left), uint256(found[i].right));
                // Corners touch.
                while (first < state.runs.length && state.runs[first + 1] < left) first += 3;
                for (uint256 k = first; k < state.runs.length && state.runs[k] <= right; k += 3) {
                    uint256 a = _rootOf(parents, state.runs[k + 2]);
                    uint256 b = _rootOf(parents, above + i);
                    if (a < b) parents[a] = b;
                    else parents[b] = a;
                }
            }
        }
    }

    /// @dev The areas above that touch no run of this row, those of them that are pieces, no more than a page may have.
    function _ended(ScanState memory state, uint256[] memory parents) private pure returns (Area[] memory ended) {
        ended = _room(state.areas.length);
        uint256 count;
        unchecked {
            for (uint256 i; i < ended.length; ++i) {
                if (parents[i] != i || state.pieces + count >= MOST_PIECES || !_isPiece(state.areas[i])) continue;
                ended[count++] = state.areas[i];
            }
        }
        assembly ("memory-safe") {
            mstore(ended, count)
        }
    }

    /// @dev What each tree holds, the trees being numbered as their first runs come.
    function _unite(Area[] memory above, Area[] memory found, uint256[] memory parents, ScanState memory next)
        private
        pure
    {
        uint256[] memory numbers = new uint256[](parents.length); // by root, plus 1
        Area[] memory areas = _room(found.length);
        next.runs = new uint256[](3 * found.length);
        uint256 count;
        unchecked {
            for (uint256 i; i < found.length; ++i) {
                Area memory run = found[i];
                uint256 root = _rootOf(parents, above.length + i);
                if (numbers[root] == 0) {
                    areas[count] = run;
                    numbers[root] = ++count;
                } else {
                    _add(areas[numbers[root] - 1], run);
                }
                next.runs[3 * i] = uint256(run.left);
                next.runs[3 * i + 1] = uint256(run.right);
                next.runs[3 * i + 2] = numbers[root] - 1;
            }
            for (uint256 i; i < above.length; ++i) {
                if (parents[i] != i) _add(areas[numbers[_rootOf(parents, i)] - 1], above[i]);
            }
        }
        assembly ("memory-safe") {
            mstore(areas, count)
        }
        next.areas = areas;
    }

    function _add(Area memory area, Area memory part) private pure {
        unchecked {
            if (part.left < area.left) area.left = part.left;
            if (part.top < area.top) area.top = part.top;
            if (part.right > area.right) area.right = part.right;
            if (part.bottom > area.bottom) area.bottom = part.bottom;
            area.pixels += part.pixels;
            area.sum += part.sum;
        }
    }

    function _isPiece(Area memory area) private pure returns (bool) {
        unchecked {
            return area.bottom - area.top >= LEAST_HEIGHT && area.pixels >= LEAST_PIXELS
                && area.sum >= LEAST_MEAN * area.pixels;
        }
    }

    function _rootOf(uint256[] memory parents, uint256 place) private pure returns (uint256) {
        for (uint256 above = parents[place]; above != place; above = parents[place]) {
            place = above;
        }
        return place;
    }

    /// @dev An array of areas yet to come: `new` would make each of them.
    function _room(uint256 count) private pure returns (Area[] memory areas) {
        uint256 size = 32 * count + 32; // reverts for a count that no memory holds
        assembly ("memory-safe") {
            areas := mload(0x40)
            mstore(0x40, add(areas, size))
            mstore(areas, count)
        }
    }

    function _number(uint256 from) private pure returns (int256 value) {
        assembly ("memory-safe") {
            value := sar(224, mload(from))
        }
    }

    /// @dev Four bytes, big-endian, and zeros behind them.
    function _write(uint256 to, int256 value) private pure returns (uint256) {
        assembly ("memory-safe") {
            mstore(to, shl(224, value))
        }
        unchecked {
            return to + 4;
        }
    }
}
