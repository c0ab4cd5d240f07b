// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Code} from "./Code.sol";
import {Dyadic} from "./Dyadic.sol";
import {Elements, Words} from "./Elements.sol";
import {Lanes} from "./Lanes.sol";
import {Node} from "./Node.sol";
import {Opened} from "./Opened.sol";
import {Program, Programs} from "./Program.sol";
import {Tensor} from "./Tensors.sol";
import {Terms} from "./Terms.sol";
import {Values} from "./Values.sol";
import {Window, Windows} from "./Windows.sol";
import {IFormulas} from "../../interfaces/IFormulas.sol";

/// @notice A series of terms: elements of a node one after another along a lane.
/// @param node Whose. @param lane Which lane. @param tensor The tensor that the node is, 0 if it is none.
/// @param stride How many elements of the tensor lie from one term to the next.
/// @param zero What is taken from every element.
struct Series {
    Node node;
    uint256 lane;
    Tensor tensor;
    uint256 stride;
    int256 zero;
}

/// @title Folds (specs/formulas.md, "Folds")
/// @notice Terms that lie in leaves are taken in the loops of `Terms`; others, which are few, one by one.
abstract contract Folds is Values {
    using Opened for Program;
    using Programs for Program;

    /// @dev How many terms a fold has.
    function _terms(Program memory program, Node node) internal view returns (uint256) {
        unchecked {
            uint256 code = node.code();
            if (code == Code.MAX_POOL) return Programs.word2(node.content() + 4) * Programs.word2(node.content() + 6);
            if (code <= Code.TRANSPOSED_CONV) {
                uint256 w = _dims(program, node.operand(1));
                return Lanes.get(w, 0) * Lanes.get(w, 1) * Lanes.get(w, code == Code.CONV ? 2 : 3);
            }
            (uint256 dims, uint256 rank) = _shape(program, node.operand(0));
            if (code <= Code.INTEGER_PRODUCT) return Lanes.get(dims, 0);
            uint256 lanes = _reducedLanes(program, node, rank);
            uint256 terms = 1;
            for (uint256 lane; lane < rank; ++lane) {
                if ((lanes >> lane) & 1 == 1) terms *= Lanes.get(dims, lane);
            }
            return terms;
        }
    }

    /// @dev How many terms a fold takes in a chunk.
    function _chunk(Node node) internal pure returns (uint256) {
        return Programs.word4(node.content());
    }

    /// @dev How many chunks a fold has; one of no terms has one.
    function _chunks(Program memory program, Node node) internal view returns (uint256) {
        unchecked {
            uint256 chunk = _chunk(node);
            uint256 terms = _terms(program, node);
            return terms <= chunk ? 1 : (terms + chunk - 1) / chunk;
        }
    }

    /// @dev The state before the first term.
    function _before(Node node) internal pure returns (int256) {
        if (node.code() < Code.GREATEST) return 0;
        return node.code() == Code.LEAST ? type(int128).max : type(int128).min;
    }

    /// @dev The state after terms number `from` to below `to`.
    function _fold(Program memory program, Node node, uint256 out, uint256 from, uint256 to, int256 state)
        internal
        view
        returns (int256)
    {
        uint256 code = node.code();
        _shape(program, node); // operands fit together
        if (code <= Code.TRANSPOSED_CONV) return Dyadic.add(state, _convolved(program, node, out, from, to));
        if (code <= Code.INTEGER_PRODUCT) return Dyadic.add(state, _multiplied(program, node, out, from, to));
        if (code == Code.MAX_POOL) return _pooled(program, node, out, from, to, state);
        return _reduced(program, node, out, from, to, state);
    }

    function _folded(Program memory program, Node node, uint256 coordinates)
        internal
        view
        override
        returns (int256 m, int256 u)
    {
        unchecked {
            uint256 terms = _terms(program, node);
            if (terms > _chunk(node)) m = _given(program, node);
            else m = _fold(program, node, coordinates, 0, terms, _before(node));
            if (node.code() == Code.PLACE) return (int256(uint256(type(uint64).max - uint64(uint256(m)))), 0);
            u = _unitOf(node.operand(0));
            if (node.code() <= Code.INTEGER_PRODUCT) u += _unitOf(node.operand(1));
            if (
                node.code() <= Code.TRANSPOSED_CONV
                    && Programs.byteAt(node.content() + (node.code() == Code.CONV ? 20 : 16)) != 0
            ) {
                (int256 bias, int256 v) = _value(program, node.operand(2), Lanes.get(coordinates, 2));
                (m, bias, u) = Dyadic.align(m, u, bias, v);
                m = Dyadic.add(m, bias);
            }
        }
    }

    /// @dev The last state of a fold of several chunks: the caller's, by its place among those.
    function _given(Program memory program, Node node) private view returns (int256 state) {
        uint256 place;
        for (Node other = program.firstFold; other.fold() != node.fold(); other = other.nextFold()) {
            if (_chunks(program, other) > 1) ++place;
        }
        if (!node.isStraight() || place >= program.given) revert IFormulas.FoldNotGiven(node.fold());
        uint256 spot = program.folded + 32 * place;
        assembly ("memory-safe") {
            state := signextend(15, calldataload(spot))
        }
    }

    /// @dev The unit in which a fold counts an operand's elements.
    function _unitOf(Node operand) private pure returns (int256) {
        return _isScaled(operand) ? Programs.unitAt(operand.content() + 1) : int256(0);
    }

    /// @dev Whether it is a constant, which states its unit; all else that is folded is whole.
    function _isScaled(Node operand) private pure returns (bool) {
        return operand.code() == Code.CONSTANT || operand.code() == Code.NUMBER;
    }

    /// @dev An element of an operand, in that unit.
    function _element(Program memory program, Node operand, uint256 coordinates) private view returns (int256 m) {
        if (!_isScaled(operand)) return _whole(program, operand, coordinates);
        (m,) = _value(program, operand, coordinates);
    }

    // ---- sums of products ----

    function _convolved(Program memory program, Node node, uint256 out, uint256 from, uint256 to)
        private
        view
        returns (int256 total)
    {
        unchecked {
            Window memory window = _windowOf(program, node, out);
            Series memory x = _series(program, node.operand(0), 2);
            Series memory w = _series(program, node.operand(1), window.forward ? 2 : 3);
            while (from < to) {
                // Channels of one place of the window at a time.
                uint256 tap = from / window.channels;
                uint256 channel = from % window.channels;
                uint256 count = window.channels - channel;
                if (count > to - from) count = to - from;
                from += count;
                uint256 spot = Windows.under(window, tap);
                if (spot == type(uint256).max) continue;
                spot |= (window.first + channel) << 64;
                total = Dyadic.add(total, _products(program, x, spot, w, Windows.weightAt(window, tap, channel), count));
            }
        }
    }

    function _windowOf(Program memory program, Node node, uint256 out) private view returns (Window memory window) {
        unchecked {
            uint256 w = _dims(program, node.operand(1));
            window.out = out;
            window.x = _dims(program, node.operand(0));
            window.columns = Lanes.get(w, 0);
            window.forward = node.code() == Code.CONV;
            window.how = node.content() + (window.forward ? 8 : 4);
            window.channels = Lanes.get(w, window.forward ? 2 : 3);
            if (window.forward) {
                uint256 each = Lanes.get(w, 3) / Programs.word4(node.content() + 4);
                window.first = (Lanes.get(out, 2) / each) * window.channels;
            }
        }
    }

    function _multiplied(Program memory program, Node node, uint256 out, uint256 from, uint256 to)
        private
        view
        returns (int256)
    {
        unchecked {
            uint256 rx = _rank(program, node.operand(0));
            uint256 ry = _rank(program, node.operand(1));
            Series memory x = _series(program, node.operand(0), 0);
            Series memory y = _series(program, node.operand(1), ry == 1 ? 0 : 1);
            if (node.code() == Code.INTEGER_PRODUCT) {
                x.zero = int256(Programs.word2(node.content() + 4));
                y.zero = int256(Programs.word2(node.content() + 6));
            }
            uint256 column;
            uint256 row;
            if (ry > 1) (column, out) = (Lanes.get(out, 0), out >> 32);
            if (rx > 1) (row, out) = (Lanes.get(out, 0), out >> 32);
            out <<= 64; // what is left are the axes of the batch
            uint256 atX = Lanes.broadcast(out, _dims(program, node.operand(0))) | (row << 32) | from;
            uint256 atY =
                Lanes.broadcast(out, _dims(program, node.operand(1))) | (ry > 1 ? (from << 32) | column : from);
            return _products(program, x, atX, y, atY, to - from);
        }
    }

    function _series(Program memory program, Node node, uint256 lane) private view returns (Series memory series) {
        series.node = node;
        series.lane = lane;
        if (node.code() > Code.CONSTANT) return series;
        series.tensor = program.tensorOf(node);
        series.stride = series.tensor.strideOf(lane);
    }

    function _isTensor(Series memory series) private pure returns (bool) {
        return Tensor.unwrap(series.tensor) != 0;
    }

    /// @dev Σ (a − zero of a) · (b − zero of b) over `count` terms from the given coordinates on.
    function _products(
        Program memory program,
        Series memory a,
        uint256 atA,
        Series memory b,
        uint256 atB,
        uint256 count
    ) private view returns (int256 total) {
        if (count == 0) return 0;
        if (_isTensor(a) && _isTensor(b)) {
            (bool lies, Words memory x) = _words(a, atA, count);
            if (lies) {
                Words memory y;
                (lies, y) = _words(b, atB, count);
                if (lies) return Terms.dot(x, y, count);
            }
        }
        for (uint256 i; i < count; ++i) {
            total += _term(program, a, atA, i) * _term(program, b, atB, i);
        }
    }

    /// @dev Terms of a series whose node is a tensor, from the given coordinates on. @return lies Whether they lie in one run of leaves.
    function _words(Series memory series, uint256 from, uint256 count)
        private
        pure
        returns (bool lies, Words memory words)
    {
        Tensor tensor = series.tensor;
        (uint256 first, uint256 step) = tensor.spanOf(tensor.placeOf(from), series.stride, count);
        if (first == 0) return (false, words);
        words = Elements.open(first, step, count, tensor.size(), tensor.isUnsigned());
        words.zero = series.zero;
        lies = true;
    }

    /// @dev The series' element `i` after the one at the given coordinates.
    function _term(Program memory program, Series memory series, uint256 from, uint256 i)
        private
        view
        returns (int256)
    {
        return _element(program, series.node, from + (i << (series.lane << 5))) - series.zero;
    }

    // ---- reductions ----

    function _reduced(Program memory program, Node node, uint256 out, uint256 from, uint256 to, int256 state)
        private
        view
        returns (int256)
    {
        unchecked {
            (uint256 dims, uint256 rank) = _shape(program, node.operand(0));
            uint256 lanes = _reducedLanes(program, node, rank);
            if (!_keeps(node)) {
                for (uint256 lane; lane < rank; ++lane) {
                    if ((lanes >> lane) & 1 == 1) out = Lanes.insert(out, lane, 0);
                }
            }
            uint256 order = _laneOrder(lanes, rank);
            while (from < to) {
                // Neighbours along the innermost axis at a time.
                uint256 count = order == 0 ? 1 : Lanes.get(dims, (order & 0xff) - 1);
                if (order != 0) count -= from % count;
                if (count > to - from) count = to - from;
                state = _taken(program, node, out | _reducedAt(order, dims, from), order, from, count, state);
                from += count;
            }
            return state;
        }
    }

    /// @dev The reduced lanes' numbers and 1, a byte each, that of the innermost axis (axes 0, 2, 3, 1 where there are four) the lowest.
    function _laneOrder(uint256 lanes, uint256 rank) private pure returns (uint256 order) {
        unchecked {
            for (uint256 i = rank; i > 0;) {
                --i;
                uint256 lane = rank == 4 ? (0x03010002 >> (8 * i)) & 0xff : i;
                if ((lanes >> lane) & 1 == 1) order = (order << 8) | (lane + 1);
            }
        }
    }

    /// @dev Coordinates, along the reduced axes, of a term.
    function _reducedAt(uint256 order, uint256 dims, uint256 term) private pure returns (uint256 spot) {
        unchecked {
            for (; order != 0; order >>= 8) {
                uint256 lane = (order & 0xff) - 1;
                uint256 length = Lanes.get(dims, lane);
                spot |= (term % length) << (lane << 5);
                term /= length;
            }
        }
    }

    /// @dev The state after `count` terms from number `first` on, which stand at the given coordinates.
    function _taken(
        Program memory program,
        Node node,
        uint256 spot,
        uint256 order,
        uint256 first,
        uint256 count,
        int256 state
    ) private view returns (int256) {
        Series memory x = _series(program, node.operand(0), order == 0 ? 0 : (order & 0xff) - 1);
        if (_isTensor(x)) {
            (bool lies, Words memory words) = _words(x, spot, count);
            if (lies) return _taken(node.code(), state, words, count, first);
        }
        for (uint256 i; i < count; ++i) {
            state = _next(node.code(), state, _term(program, x, spot, i), first + i);
        }
        return state;
    }

    /// @dev The state after a term of a reduction or a pooling.
    function _next(uint256 code, int256 state, int256 m, uint256 index) private pure returns (int256) {
        if (code == Code.SUM) return Dyadic.add(state, m);
        // Of equals the first one is the greater: the index counts downwards.
        if (code == Code.PLACE) m = Dyadic.multiply(m, 1 << 64) + int256(uint256(type(uint64).max) - index);
        return (code == Code.LEAST ? m < state : m > state) ? m : state;
    }

    /// @dev The same of terms in memory.
    function _taken(uint256 code, int256 state, Words memory words, uint256 count, uint256 first)
        private
        pure
        returns (int256)
    {
        if (code == Code.SUM) return Dyadic.add(state, Terms.sum(words, count));
        if (code == Code.PLACE) return Terms.place(words, count, state, first);
        return Terms.most(words, count, state, code == Code.LEAST);
    }

    // ---- pooling ----

    function _pooled(Program memory program, Node node, uint256 out, uint256 from, uint256 to, int256 state)
        private
        view
        returns (int256)
    {
        unchecked {
            Window memory window;
            window.out = out;
            window.x = _dims(program, node.operand(0));
            window.columns = Programs.word2(node.content() + 6);
            window.how = node.content() + 8;
            window.forward = true;
            for (; from < to; ++from) {
                uint256 spot = Windows.under(window, from);
                if (spot == type(uint256).max) continue;
                spot |= Lanes.get(out, 2) << 64;
                state = _next(node.code(), state, _element(program, node.operand(0), spot), from);
            }
            return state;
        }
    }
}
