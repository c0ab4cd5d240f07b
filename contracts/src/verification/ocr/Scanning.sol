// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISteps} from "../../interfaces/IPageSteps.sol";
import {Sha256Tree} from "../../libraries/Sha256Tree.sol";
import {StageTensors} from "../../libraries/StageTensors.sol";
import {Elements} from "../formula/Elements.sol";
import {PageTensor} from "./PageTensors.sol";

/// @notice A connected area of text as far as it is known: six numbers of 32 bits, as its state has them, the first in the highest bits: left, top, right,
/// bottom, pixels, sum. Edges on the right and at the bottom are exclusive. The lowest 64 bits are whatever stood there.
type Area is uint256;

using Scanning for Area global;

/// @notice A state of a scan: how many pieces were found, the runs of the last row, and the areas that they are part of, in the order of their first runs.
/// @param runs Address of the first run: start, end, area, in 12 bytes. @param areas Address of the first area, in 24.
struct ScanState {
    uint256 pieces;
    uint256 runs;
    uint256 runCount;
    uint256 areas;
    uint256 areaCount;
}

/// @title One row of the search for pieces of text (specs/exact-ocr.md, "Pieces")
/// @dev Runs and areas are kept as the state's tensor has them, but big-endian, so that one is a word and nothing is taken apart before it is asked for.
library Scanning {
    using Scanning for uint256;

    int256 private constant LEAST_HEIGHT = 3;
    int256 private constant LEAST_PIXELS = 9;
    int256 private constant LEAST_MEAN = 8;
    uint256 internal constant MOST_PIECES = 256;
    uint256 private constant MOST_RUNS = 64;
    /// @dev What an array of so many takes.
    uint256 private constant MOST_BYTES = 0x820;
    /// @dev The highest bit of each byte; 13 in each; the lower byte of each two, and 1 there.
    uint256 private constant MARKS = 0x8080808080808080808080808080808080808080808080808080808080808080;
    uint256 private constant THIRTEENS = 0x0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d;
    uint256 private constant PAIRS = 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
    uint256 private constant ONES = 0x0001000100010001000100010001000100010001000100010001000100010001;
    /// @dev Bytes of the state's numbers before the runs, of a run, and of an area.
    uint256 private constant HEAD = 12;
    uint256 private constant RUN = 12;
    uint256 private constant AREA = 24;
    /// @dev Where an area's numbers stand. A run's are in the places of the first three.
    uint256 private constant NUMBER = 0xffffffff;
    uint256 private constant LEFT = 224;
    uint256 private constant TOP = 192;
    uint256 private constant RIGHT = 160;
    uint256 private constant BOTTOM = 128;
    uint256 private constant PIXELS = 96;
    uint256 private constant SUM = 64;

    /// @notice The state of which these are the tensor's data. Gives nonsense if they are none, or reverts.
    function parse(bytes calldata data) internal pure returns (ScanState memory state) {
        if (data.length == 0) return state;
        uint256 from;
        assembly ("memory-safe") {
            from := mload(0x40)
            mstore(0x40, add(from, and(add(data.length, 0x3f), not(0x1f))))
            calldatacopy(from, data.offset, data.length)
        }
        Elements.turn(from, from, data.length, 4);
        Area head = _areaAt(from);
        state.pieces = uint256(head.number(0));
        state.runCount = uint256(head.number(1));
        state.areaCount = uint256(head.number(2));
        state.runs = from + HEAD;
        state.areas = state.runs + RUN * state.runCount;
        uint256 end = state.areas + AREA * state.areaCount;
        if (end != from + data.length) revert ISteps.ByteMissing(data.length);
    }

    /// @notice The data of the state after another row, and the pieces that ended above it.
    /// @param odds The detector's map, `width` wide; row `y` of it must be there if `y` is below `height`.
    function step(ScanState memory state, PageTensor memory odds, uint256 y, uint256 width, uint256 height)
        internal
        pure
        returns (bytes memory next, Area[] memory ended)
    {
        Area[] memory found = y < height ? _runsOf(odds, y, width) : new Area[](0);
        uint256[] memory roots = _connect(state, found);
        ended = _ended(state, roots);
        next = _unite(state, found, roots, state.pieces + ended.length);
    }

    /// @notice Digest of the tensor of the state with these data.
    function digest(bytes memory data) internal view returns (bytes32) {
        return StageTensors.vector("state", StageTensors.I32, data.length / 4, Sha256Tree.rootOf(data));
    }

    /// @notice Data of the last state, which has no runs and no areas.
    function lastOf(uint256 pieces) internal pure returns (bytes memory data) {
        ScanState memory none;
        return _unite(none, new Area[](0), new uint256[](0), pieces);
    }

    /// @notice One of an area's numbers, by its place.
    function number(Area area, uint256 place) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := sar(224, shl(shl(5, place), area))
        }
    }

    /// @dev The first runs of text in a row, each as an area of its own.
    ///
    /// 32 pixels at a time, of which there are whole numbers in a row, from change to change. Raised by 128 no value is below 0. Text is what is −13 or more: 115 raised,
    /// so that adding 13 to the lower seven bits carries into the eighth; what has that already is text anyway. It is left as each pixel's mark.
    function _runsOf(PageTensor memory odds, uint256 y, uint256 width) private pure returns (Area[] memory found) {
        found = new Area[](MOST_RUNS);
        uint256 from = odds.data.find(y * width, width);
        uint256 rows = y << TOP | (y + 1) << BOTTOM;
        assembly ("memory-safe") {
            // What values `first` to before `end` of 32 are together: neighbours first, then all pairs in the highest one's place.
            function sumOf(raised, first, end) -> sum {
                let count := sub(end, first)
                raised := and(shl(shl(3, first), raised), not(shr(shl(3, count), not(0))))
                let pairs := add(and(raised, PAIRS), and(shr(8, raised), PAIRS))
                sum := sub(shr(240, mul(pairs, ONES)), shl(7, count))
            }
            function runOf(left, right, sum, rows_) -> run {
                run := or(or(shl(LEFT, left), shl(RIGHT, right)), rows_)
                run := or(or(run, shl(PIXELS, sub(right, left))), shl(SUM, and(sum, NUMBER)))
            }
            let to := add(found, 0x20)
            // Of the run that has begun, if one has; and the mark of the pixel before, in the highest place.
            let inside := 0
            let left := 0
            let sum := 0
            let before := 0
            for { let x := 0 } lt(x, width) { x := add(x, 32) } {
                let raised := xor(mload(add(from, x)), MARKS)
                let marks := and(or(add(and(raised, not(MARKS)), THIRTEENS), raised), MARKS)
                let changes := xor(marks, or(shr(8, marks), before))
                before := shl(248, marks)
                let done := 0
                for {} changes {} {
                    // Bits below the first byte that is not 0.
                    let below := shl(7, gt(changes, 0xffffffffffffffffffffffffffffffff))
                    below := or(below, shl(6, gt(shr(below, changes), 0xffffffffffffffff)))
                    below := or(below, shl(5, gt(shr(below, changes), 0xffffffff)))
                    below := or(below, shl(4, gt(shr(below, changes), 0xffff)))
                    below := or(below, shl(3, gt(shr(below, changes), 0xff)))
                    changes := and(changes, sub(shl(below, 1), 1))
                    let at := sub(31, shr(3, below))
                    switch inside
                    case 0 {
                        left := add(x, at)
                        sum := 0
                    }
                    default {
                        mstore(to, runOf(left, add(x, at), add(sum, sumOf(raised, done, at)), rows))
                        to := add(to, 0x20)
                        if eq(sub(to, found), MOST_BYTES) {
                            changes := 0
                            x := width
                        }
                    }
                    inside := iszero(inside)
                    done := at
                }
                if inside { sum := add(sum, sumOf(raised, done, 32)) }
            }
            if inside {
                mstore(to, runOf(left, width, sum, rows))
                to := add(to, 0x20)
            }
            mstore(found, shr(5, sub(sub(to, found), 0x20)))
        }
    }

    /// @dev Roots of the trees of the areas above and the runs of this row, which stand behind them. The later of two roots becomes the other's parent, so that an
    /// area that touches a run is no root.
    function _connect(ScanState memory state, Area[] memory found) private pure returns (uint256[] memory roots) {
        uint256 above = state.areaCount;
        uint256 count = above + found.length;
        roots = new uint256[](count);
        uint256 at = _wordsOf(roots);
        unchecked {
            for (uint256 i; i < count; ++i) {
                at.set(i, i);
            }
            uint256 first = state.runs;
            uint256 end = first + RUN * state.runCount;
            uint256 runs = _wordsOf(found);
            for (uint256 i = above; i < count; ++i) {
                uint256 run = runs.get(i - above);
                (uint256 left, uint256 right) = (run >> LEFT, run >> RIGHT & NUMBER);
                // Corners touch.
                while (first < end && _numberAt(first, 1) < left) first += RUN;
                for (uint256 k = first; k < end && _numberAt(k, 0) <= right; k += RUN) {
                    uint256 area = _numberAt(k, 2);
                    if (area >= above) revert ISteps.ByteMissing(area);
                    // The run is the last there is yet, so it is a root, and later than all.
                    uint256 root = area;
                    for (uint256 next = at.get(root); next != root; next = at.get(root)) {
                        root = next;
                    }
                    at.set(root, i);
                    at.set(area, i);
                }
            }
            // Parents are later than their children: from the end on, a parent's parent is the root.
            for (uint256 i = count; i != 0;) {
                --i;
                at.set(i, at.get(at.get(i)));
            }
        }
    }

    /// @dev The areas above that touch no run of this row, those of them that are pieces, no more than a page may have.
    function _ended(ScanState memory state, uint256[] memory roots) private pure returns (Area[] memory ended) {
        uint256 above = state.areaCount;
        ended = new Area[](above);
        (uint256 from, uint256 to) = (_wordsOf(roots), _wordsOf(ended));
        uint256 count;
        unchecked {
            for (uint256 i; i < above; ++i) {
                if (from.get(i) != i || state.pieces + count >= MOST_PIECES) continue;
                Area area = _areaAt(state.areas + AREA * i);
                if (_isPiece(area)) to.set(count++, Area.unwrap(area));
            }
        }
        assembly ("memory-safe") {
            mstore(ended, count)
        }
    }

    /// @dev Data of the state whose areas are what each tree holds, the trees being numbered as their first runs come.
    function _unite(ScanState memory state, Area[] memory found, uint256[] memory roots, uint256 pieces)
        private
        pure
        returns (bytes memory data)
    {
        uint256 above = state.areaCount;
        uint256 length = found.length;
        uint256 areas = _wordsOf(new Area[](length));
        uint256 numbers = _wordsOf(new uint256[](roots.length)); // by root, plus 1
        // A word more: areas are written, and all is turned, by words.
        data = new bytes(HEAD + (RUN + AREA) * length + 32);
        uint256 from;
        assembly ("memory-safe") {
            from := add(data, 0x20)
        }
        uint256 count;
        unchecked {
            (uint256 runs, uint256 trees) = (_wordsOf(found), _wordsOf(roots));
            uint256 to = from + HEAD;
            for (uint256 i; i < length; ++i) {
                uint256 run = runs.get(i);
                uint256 root = trees.get(above + i);
                uint256 place = numbers.get(root);
                if (place == 0) {
                    areas.set(count, run);
                    place = ++count;
                    numbers.set(root, place);
                } else {
                    areas.set(place - 1, _join(areas.get(place - 1), run));
                }
                to = _write(to, (run >> LEFT) << LEFT | (run >> RIGHT & NUMBER) << TOP | (place - 1) << RIGHT, RUN);
            }
            for (uint256 i; i < above; ++i) {
                uint256 root = trees.get(i);
                if (root == i) continue;
                uint256 place = numbers.get(root) - 1;
                areas.set(place, _join(areas.get(place), Area.unwrap(_areaAt(state.areas + AREA * i))));
            }
            for (uint256 i; i < count; ++i) {
                to = _write(to, areas.get(i), AREA);
            }
            assembly ("memory-safe") {
                mstore(data, sub(to, from))
                let head := or(or(shl(LEFT, pieces), shl(TOP, length)), shl(RIGHT, count))
                mstore(from, or(head, shr(96, shl(96, mload(from)))))
            }
        }
        Elements.turn(from, from, data.length, 4);
    }

    function _wordsOf(uint256[] memory array) private pure returns (uint256 from) {
        assembly ("memory-safe") {
            from := add(array, 0x20)
        }
    }

    function _wordsOf(Area[] memory array) private pure returns (uint256 from) {
        assembly ("memory-safe") {
            from := add(array, 0x20)
        }
    }

    /// @notice One of the words at an address.
    function get(uint256 from, uint256 i) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(from, shl(5, i)))
        }
    }

    function set(uint256 from, uint256 i, uint256 word) internal pure {
        assembly ("memory-safe") {
            mstore(add(from, shl(5, i)), word)
        }
    }

    /// @dev Number by number: the lesser left and top, the greater right and bottom, and what pixels and sum are together.
    function _join(uint256 a, uint256 b) private pure returns (uint256 joined) {
        unchecked {
            joined = _least(a, b, NUMBER << LEFT) | _least(a, b, NUMBER << TOP);
            joined |= _most(a, b, NUMBER << RIGHT) | _most(a, b, NUMBER << BOTTOM);
            joined |= (a & NUMBER << PIXELS) + (b & NUMBER << PIXELS) & NUMBER << PIXELS;
            joined |= (a & NUMBER << SUM) + (b & NUMBER << SUM) & NUMBER << SUM;
        }
    }

    function _least(uint256 a, uint256 b, uint256 mask) private pure returns (uint256 least) {
        assembly ("memory-safe") {
            a := and(a, mask)
            b := and(b, mask)
            least := xor(a, mul(xor(a, b), lt(b, a)))
        }
    }

    function _most(uint256 a, uint256 b, uint256 mask) private pure returns (uint256 most) {
        assembly ("memory-safe") {
            a := and(a, mask)
            b := and(b, mask)
            most := xor(a, mul(xor(a, b), gt(b, a)))
        }
    }

    function _isPiece(Area area) private pure returns (bool) {
        unchecked {
            int256 pixels = area.number(4);
            return area.number(3) - area.number(1) >= LEAST_HEIGHT && pixels >= LEAST_PIXELS
                && area.number(5) >= LEAST_MEAN * pixels;
        }
    }

    function _areaAt(uint256 from) private pure returns (Area area) {
        assembly ("memory-safe") {
            area := mload(from)
        }
    }

    /// @dev One of the numbers at an address.
    function _numberAt(uint256 from, uint256 place) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(224, shl(shl(5, place), mload(from)))
        }
    }

    /// @dev The first `size` bytes of a word, for the next ones are written behind them.
    function _write(uint256 to, uint256 word, uint256 size) private pure returns (uint256) {
        assembly ("memory-safe") {
            mstore(to, word)
        }
        unchecked {
            return to + size;
        }
    }
}
