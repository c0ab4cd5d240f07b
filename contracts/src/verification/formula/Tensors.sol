// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Elements} from "./Elements.sol";
import {Lanes} from "./Lanes.sol";
import {Sha256} from "./Sha256.sol";
import {LeafRange} from "../../libraries/LeafRange.sol";
import {IFormulas, LeafOpening, TensorOpening} from "../../interfaces/IFormulas.sol";

/// @notice A tensor whose header is proved, with those of its leaves that are: the address of its record in memory, as of a `Node`.
type Tensor is uint256;

using Tensors for Tensor global;

/// @title Tensors as they are committed to (specs/digests.md)
/// @notice Words of a record: kind ‖ index ‖ rank ‖ dimensions, in the order of the graph's axes ‖ order: the lanes' numbers as the elements are stored, that of the
/// outermost axis in the highest byte ‖ bytes of an element ‖ whether it is unsigned ‖ first run, or 0 ‖ number of elements.
///
/// A run is neighbouring leaves in memory: number of its first byte in the tensor's data ‖ number of the byte behind it ‖ address ‖ another run, or 0.
library Tensors {
    uint256 internal constant ENTRY = 1;
    uint256 internal constant INPUT = 2;
    uint256 internal constant CONSTANT = 3;
    uint256 private constant LEAF = 512;
    /// @dev More elements than that cannot be committed to; it keeps bytes within 64 bits.
    uint256 private constant MAX_ELEMENTS = 1 << 60;

    /// @notice Place of a tensor's opening among those of the evidence; their number if it has none.
    function find(TensorOpening[] calldata openings, uint256 kind_, uint256 index_)
        internal
        pure
        returns (uint256 place)
    {
        assembly ("memory-safe") {
            // Kind and index are an opening's first two words. Where one begins is not checked here: nothing is taken but the place.
            for {} lt(place, openings.length) { place := add(place, 1) } {
                let opening := add(openings.offset, calldataload(add(openings.offset, shl(5, place))))
                if and(eq(calldataload(opening), kind_), eq(calldataload(add(opening, 0x20)), index_)) { break }
            }
        }
    }

    /// @notice Of an entry's opening whose path ends `depth` levels up, below the root: the opening of an entry whose path goes on from there. It is longer, and
    /// where the other ends it has that very node.
    /// @return other Its place; the number of openings if there is none.
    function findJoined(TensorOpening[] calldata openings, uint256 index_, uint256 depth)
        internal
        pure
        returns (uint256 other)
    {
        assembly ("memory-safe") {
            let sibling := xor(shr(depth, index_), 1)
            // As in `find`; a path's place is an opening's fifth word.
            for {} lt(other, openings.length) { other := add(other, 1) } {
                let opening := add(openings.offset, calldataload(add(openings.offset, shl(5, other))))
                if and(eq(calldataload(opening), ENTRY), eq(shr(depth, calldataload(add(opening, 0x20))), sibling)) {
                    if gt(calldataload(add(opening, calldataload(add(opening, 0x80)))), depth) { break }
                }
            }
        }
    }

    /// @notice An entry, proved, with its leaves.
    /// @param root What its path must lead to.
    function openEntry(TensorOpening[] calldata openings, uint256 place, bytes32 root, LeafOpening[] calldata leaves)
        internal
        view
        returns (Tensor)
    {
        TensorOpening calldata opening = openings[place];
        bytes32 digest = _digest(opening.header, opening.dataRoot);
        if (_rootFrom(digest, opening.index, opening.path) != root) revert IFormulas.WrongTensorOpening(place);
        return _create(opening, place, leaves);
    }

    /// @notice An input, proved, with its leaves.
    function openInput(
        TensorOpening[] calldata openings,
        uint256 place,
        bytes32[] calldata request,
        LeafOpening[] calldata leaves
    ) internal view returns (Tensor) {
        TensorOpening calldata opening = openings[place];
        uint256 number = opening.index;
        if (number >= request.length || request[number] != _digest(opening.header, opening.dataRoot)) {
            revert IFormulas.WrongTensorOpening(place);
        }
        return _create(opening, place, leaves);
    }

    /// @notice A record of a tensor of which nothing is known yet.
    function create(uint256 kind_, uint256 index_) internal pure returns (Tensor tensor) {
        assembly ("memory-safe") {
            tensor := mload(0x40)
            mstore(0x40, add(tensor, 0x120))
            calldatacopy(tensor, calldatasize(), 0x120) // zeros
            mstore(tensor, kind_)
            mstore(add(tensor, 0x20), index_)
        }
    }

    /// @notice Proves and keeps the leaves of the opening at `place`.
    function readLeaves(Tensor tensor, LeafOpening[] calldata leaves, uint256 place, bytes32 root) internal view {
        uint256 count = leaves.length;
        for (uint256 i; i < count;) {
            uint256 whose;
            assembly ("memory-safe") {
                // An opening's first word says whose it is. Where it begins is checked where it is read.
                whose := calldataload(add(leaves.offset, calldataload(add(leaves.offset, shl(5, i)))))
            }
            if (whose == place) _readRun(tensor, leaves[i], i, root);
            unchecked {
                ++i;
            }
        }
    }

    /// @notice Sets what follows from an element's type. @return known Whether there is such a type in exact graphs.
    function setType(Tensor tensor, uint256 code) internal pure returns (bool known) {
        unchecked {
            // One byte a code: u8, i8, i32, (u32), i64, (f32), i16. A code beyond them finds a 0.
            uint256 width = code < 7 ? (0x01010400080002 >> (8 * (6 - code))) & 0xff : 0;
            if (width == 0) return false;
            _set(tensor, 0xa0, width);
            _set(tensor, 0xc0, code == 0 ? 1 : 0);
            return true;
        }
    }

    /// @notice Sets the dimensions. @return held Whether so many elements can be.
    function setShape(Tensor tensor, uint256 rank_, uint256 dims_, uint256 order_) internal pure returns (bool held) {
        _set(tensor, 0x40, rank_);
        _set(tensor, 0x60, dims_);
        _set(tensor, 0x80, order_);
        uint256 elements = Lanes.product(dims_, rank_);
        _set(tensor, 0x100, elements);
        return elements <= MAX_ELEMENTS;
    }

    function kind(Tensor tensor) internal pure returns (uint256) {
        return _word(tensor, 0x00);
    }

    function index(Tensor tensor) internal pure returns (uint256) {
        return _word(tensor, 0x20);
    }

    function rank(Tensor tensor) internal pure returns (uint256) {
        return _word(tensor, 0x40);
    }

    function dims(Tensor tensor) internal pure returns (uint256) {
        return _word(tensor, 0x60);
    }

    /// @notice Bytes of an element.
    function size(Tensor tensor) internal pure returns (uint256) {
        return _word(tensor, 0xa0);
    }

    /// @notice Whether elements are bytes without a sign; all others have one.
    function isUnsigned(Tensor tensor) internal pure returns (bool) {
        return _word(tensor, 0xc0) != 0;
    }

    /// @notice Number of the element at `coordinates`, as stored.
    function placeOf(Tensor tensor, uint256 coordinates) internal pure returns (uint256 place) {
        unchecked {
            uint256 order = _word(tensor, 0x80);
            uint256 lengths = dims(tensor);
            for (uint256 left = rank(tensor); left > 0; --left) {
                uint256 lane = order >> 248;
                place = place * Lanes.get(lengths, lane) + Lanes.get(coordinates, lane);
                order <<= 8;
            }
        }
    }

    /// @notice How many elements lie from one to its neighbour along a lane.
    function strideOf(Tensor tensor, uint256 lane) internal pure returns (uint256 stride) {
        unchecked {
            stride = 1;
            uint256 order = _word(tensor, 0x80);
            uint256 lengths = dims(tensor);
            for (uint256 left = rank(tensor); left > 0; --left) {
                stride = order >> 248 == lane ? 1 : stride * Lanes.get(lengths, order >> 248);
                order <<= 8;
            }
        }
    }

    /// @notice The element at a place.
    function elementAt(Tensor tensor, uint256 place) internal pure returns (int256) {
        (uint256 from,) = spanOf(tensor, place, 0, 1);
        if (from == 0) revert IFormulas.LeafMissing(uint8(kind(tensor)), index(tensor), (place * size(tensor)) / LEAF);
        return Elements.read(from, size(tensor), isUnsigned(tensor));
    }

    /// @notice Where the elements at place, place + stride, … lie in memory.
    /// @param count How many; at least one.
    /// @return from Address of the first; 0 unless all lie in one run. @return step Bytes from one to the next.
    function spanOf(Tensor tensor, uint256 place, uint256 stride, uint256 count)
        internal
        pure
        returns (uint256 from, uint256 step)
    {
        unchecked {
            uint256 width = size(tensor);
            step = stride * width;
            uint256 first = place * width;
            // Places are below 2^93, even of coordinates out of range, strides below 2^61, counts below 2^32: this doesn't wrap.
            uint256 end = first + (count - 1) * step + width;
            assembly ("memory-safe") {
                let run := mload(add(tensor, 0xe0))
                for {} run { run := mload(add(run, 0x60)) } {
                    if iszero(or(lt(first, mload(run)), gt(end, mload(add(run, 0x20))))) {
                        from := add(mload(add(run, 0x40)), sub(first, mload(run)))
                        break
                    }
                }
            }
        }
    }

    /// @notice Levels of a tree above its leaves, of which there are fewer than 2^64: the length in bits of what is one less.
    function levelsOver(uint256 leaves) internal pure returns (uint256 levels) {
        assembly ("memory-safe") {
            if gt(leaves, 1) {
                let x := sub(leaves, 1)
                levels := shl(5, gt(x, 0xffffffff))
                levels := or(levels, shl(4, gt(shr(levels, x), 0xffff)))
                levels := or(levels, shl(3, gt(shr(levels, x), 0xff)))
                levels := or(levels, shl(2, gt(shr(levels, x), 0x0f)))
                levels := or(levels, shl(1, gt(shr(levels, x), 0x03)))
                levels := add(or(levels, gt(shr(levels, x), 0x01)), 1)
            }
        }
    }

    function _create(TensorOpening calldata opening, uint256 place, LeafOpening[] calldata leaves)
        private
        view
        returns (Tensor tensor)
    {
        tensor = create(opening.kind, opening.index);
        if (!_readHeader(tensor, opening.header)) revert IFormulas.WrongTensorOpening(place);
        readLeaves(tensor, leaves, place, opening.dataRoot);
    }

    function _digest(bytes calldata header, bytes32 root) private view returns (bytes32) {
        uint256 from;
        uint256 length = header.length;
        assembly ("memory-safe") {
            from := mload(0x40) // scratch beyond the free pointer, not kept
            mstore8(from, 0x02)
            calldatacopy(add(from, 1), header.offset, length)
            mstore(add(add(from, 1), length), root)
        }
        return Sha256.hash(from, length + 33);
    }

    /// @dev What a leaf and its siblings hash to.
    function _rootFrom(bytes32 hash, uint256 leaf, bytes32[] calldata path) private view returns (bytes32) {
        bool ok = true;
        assembly ("memory-safe") {
            let node := mload(0x40) // room for a node's preimage beyond the free pointer, not kept
            mstore8(node, 0x01)
            let sibling := path.offset
            for { let end := add(sibling, shl(5, path.length)) } lt(sibling, end) { sibling := add(sibling, 0x20) } {
                let right := shl(5, and(leaf, 1)) // a right-hand node stands 32 bytes behind
                mstore(add(add(node, 0x01), right), hash)
                mstore(sub(add(node, 0x21), right), calldataload(sibling))
                ok := and(ok, staticcall(gas(), 2, node, 0x41, 0x00, 0x20))
                ok := and(ok, eq(returndatasize(), 0x20))
                hash := mload(0x00)
                leaf := shr(1, leaf)
            }
        }
        if (!ok) revert Sha256.HashFailed();
        return hash;
    }

    /// @dev name length ‖ name ‖ type ‖ rank ‖ dimensions, four bytes each. Those of an entry are as stored.
    function _readHeader(Tensor tensor, bytes calldata header) private pure returns (bool) {
        unchecked {
            if (header.length < 3) return false;
            uint256 next = 1 + uint256(uint8(header[0]));
            if (header.length < next + 2) return false;
            uint256 axes = uint8(header[next + 1]);
            if (axes > 8 || header.length != next + 2 + 4 * axes || !setType(tensor, uint8(header[next]))) {
                return false;
            }
            uint256 lengths;
            assembly ("memory-safe") {
                // The word's top lanes are the dimensions, the last of them the lowest.
                lengths := shr(sub(256, shl(5, axes)), calldataload(add(header.offset, add(next, 2))))
            }
            if (kind(tensor) == ENTRY && axes == 4) {
                // Stored are axes 0, 2, 3, 1, so the lowest lane is axis 1, which belongs into lane 2.
                lengths = Lanes.insert(Lanes.remove(lengths, 0), 2, Lanes.get(lengths, 0));
                return setShape(tensor, axes, lengths, uint256(0x03010002) << 224);
            }
            return setShape(tensor, axes, lengths, uint256(0x0706050403020100) << (256 - 8 * axes));
        }
    }

    function _readRun(Tensor tensor, LeafOpening calldata opening, uint256 place, bytes32 root) private view {
        unchecked {
            uint256 length = opening.data.length;
            uint256 count = length / LEAF;
            uint256 first = opening.first;
            uint256 levels = levelsOver((_word(tensor, 0x100) * size(tensor) + LEAF - 1) / LEAF);
            if (count == 0 || length % LEAF != 0 || first + count > 1 << levels) {
                revert IFormulas.WrongLeafOpening(place);
            }
            (uint256 data, uint256 nodes) = LeafRange.hashLeaves(opening.data, count);
            if (!LeafRange.isProved(root, nodes, first, count, levels, opening.siblings)) {
                revert IFormulas.WrongLeafOpening(place);
            }
            assembly ("memory-safe") {
                let run := mload(0x40)
                mstore(0x40, add(run, 0x80))
                mstore(run, mul(first, 512))
                mstore(add(run, 0x20), add(mul(first, 512), length))
                mstore(add(run, 0x40), data)
                mstore(add(run, 0x60), mload(add(tensor, 0xe0)))
                mstore(add(tensor, 0xe0), run)
            }
        }
    }

    function _word(Tensor tensor, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(tensor, offset))
        }
    }

    function _set(Tensor tensor, uint256 offset, uint256 word) private pure {
        assembly ("memory-safe") {
            mstore(add(tensor, offset), word)
        }
    }
}
