// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Claims, Evidence, IFormulas, LeafOpening, TensorOpening} from "../../interfaces/IFormulas.sol";
import {Lanes} from "./Lanes.sol";
import {Sha256} from "./Sha256.sol";

/// @notice A tensor whose header is proved, with those of its leaves that are: the address of its record in memory, as of a `Node`.
type Tensor is uint256;

using Tensors for Tensor global;

/// @title Tensors as they are committed to (specs/digests.md)
/// @notice Words of a record: kind ‖ index ‖ rank ‖ dimensions, in the order of the graph's axes ‖ order: the lanes' numbers as the elements are stored, that of the
/// outermost axis in the highest byte ‖ bits: 256 less an element's width ‖ mask: what of an element, extended by its top bit, is left ‖ first run, or 0.
///
/// A run is neighbouring leaves in memory: number of its first byte in the tensor's data ‖ number of the byte behind it ‖ address ‖ another run, or 0. Every element
/// has its highest byte first, so that it can be read in one word.
library Tensors {
    uint256 internal constant ENTRY = 1;
    uint256 internal constant INPUT = 2;
    uint256 internal constant CONSTANT = 3;
    uint256 private constant LEAF = 512;
    /// @dev More elements than that cannot be committed to; it keeps bytes within 64 bits.
    uint256 private constant MAX_ELEMENTS = 1 << 60;

    /// @notice Place of a tensor's opening in the evidence; the number of openings if it has none.
    function find(Evidence calldata evidence, uint256 kind_, uint256 index_) internal pure returns (uint256 place) {
        uint256 count = evidence.tensors.length;
        while (place < count) {
            TensorOpening calldata opening = evidence.tensors[place];
            if (opening.kind == kind_ && opening.index == index_) break;
            unchecked {
                ++place;
            }
        }
    }

    /// @notice The entry or input of the opening at `place`, proved, with its leaves.
    function open(Claims calldata claims, Evidence calldata evidence, uint256 place)
        internal
        view
        returns (Tensor tensor)
    {
        TensorOpening calldata opening = evidence.tensors[place];
        tensor = create(opening.kind, opening.index);
        bool proved = _isClaimed(claims, opening, _digest(opening.header, opening.dataRoot));
        if (!proved || !_readHeader(tensor, opening.header)) revert IFormulas.WrongTensorOpening(place);
        readLeaves(tensor, evidence, place, opening.dataRoot);
    }

    /// @notice A record of a tensor of which nothing is known yet.
    function create(uint256 kind_, uint256 index_) internal pure returns (Tensor tensor) {
        assembly ("memory-safe") {
            tensor := mload(0x40)
            mstore(0x40, add(tensor, 0x100))
            calldatacopy(tensor, calldatasize(), 0x100) // zeros
            mstore(tensor, kind_)
            mstore(add(tensor, 0x20), index_)
        }
    }

    /// @notice Proves and keeps the leaves of the opening at `place`.
    function readLeaves(Tensor tensor, Evidence calldata evidence, uint256 place, bytes32 root) internal view {
        uint256 count = evidence.leaves.length;
        for (uint256 i; i < count; ++i) {
            LeafOpening calldata opening = evidence.leaves[i];
            if (opening.tensor == place) _readRun(tensor, opening, i, root);
        }
    }

    /// @notice Sets what follows from an element's type. @return known Whether there is such a type in exact graphs.
    function setType(Tensor tensor, uint256 code) internal pure returns (bool known) {
        // One byte a code: u8, i8, i32, (u32), i64, (f32), i16. A code beyond them finds a 0.
        uint256 width = code < 7 ? (0x01010400080002 >> (8 * (6 - code))) & 0xff : 0;
        if (width == 0) return false;
        _set(tensor, 0xa0, 256 - 8 * width);
        _set(tensor, 0xc0, code == 0 ? 0xff : type(uint256).max);
        return true;
    }

    /// @notice Sets the dimensions. @return held Whether so many elements can be.
    function setShape(Tensor tensor, uint256 rank_, uint256 dims_, uint256 order_) internal pure returns (bool held) {
        _set(tensor, 0x40, rank_);
        _set(tensor, 0x60, dims_);
        _set(tensor, 0x80, order_);
        return Lanes.product(dims_, rank_) <= MAX_ELEMENTS;
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
        return (256 - _word(tensor, 0xa0)) >> 3;
    }

    /// @notice How an element is read from the word at its address: shifted right by `bits` with its sign, then masked.
    function reading(Tensor tensor) internal pure returns (uint256 bits, uint256 mask) {
        return (_word(tensor, 0xa0), _word(tensor, 0xc0));
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
    function elementAt(Tensor tensor, uint256 place) internal pure returns (int256 element) {
        (uint256 from,) = spanOf(tensor, place, 0, 1);
        if (from == 0) revert IFormulas.LeafMissing(uint8(kind(tensor)), index(tensor), (place * size(tensor)) / LEAF);
        (uint256 bits, uint256 mask) = reading(tensor);
        assembly ("memory-safe") {
            element := and(sar(bits, mload(from)), mask)
        }
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

    /// @notice Levels of a tree over `leaves` leaves, at least 0, above them.
    function levelsOver(uint256 leaves) internal pure returns (uint256 levels) {
        while (1 << levels < leaves) ++levels;
    }

    function _isClaimed(Claims calldata claims, TensorOpening calldata opening, bytes32 digest)
        private
        view
        returns (bool)
    {
        uint256 leaf = opening.index;
        if (opening.kind == INPUT) return leaf < claims.request.length && claims.request[leaf] == digest;
        return leaf < claims.entries && opening.path.length == levelsOver(claims.entries)
            && _rootFrom(digest, leaf, opening.path) == claims.traceTree;
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

    function _rootFrom(bytes32 hash, uint256 leaf, bytes32[] calldata path) private view returns (bytes32) {
        uint256 scratch = _scratch();
        uint256 levels = path.length;
        for (uint256 i; i < levels; ++i) {
            hash = (leaf >> i) & 1 == 1 ? Sha256.node(scratch, path[i], hash) : Sha256.node(scratch, hash, path[i]);
        }
        return hash;
    }

    /// @dev Room for a node's preimage beyond the free pointer, not kept.
    function _scratch() private pure returns (uint256 scratch) {
        assembly ("memory-safe") {
            scratch := mload(0x40)
            mstore8(scratch, 0x01)
        }
    }

    /// @dev name length ‖ name ‖ type ‖ rank ‖ dimensions, four bytes each. Those of an entry are as stored.
    function _readHeader(Tensor tensor, bytes calldata header) private pure returns (bool) {
        if (header.length < 3) return false;
        uint256 next = 1 + uint256(uint8(header[0]));
        if (header.length < next + 2) return false;
        uint256 axes = uint8(header[next + 1]);
        if (axes > 8 || header.length != next + 2 + 4 * axes || !setType(tensor, uint8(header[next]))) return false;
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

    function _readRun(Tensor tensor, LeafOpening calldata opening, uint256 place, bytes32 root) private view {
        uint256 length = opening.data.length;
        uint256 count = length / LEAF;
        uint256 first = opening.first;
        uint256 levels = levelsOver((Lanes.product(dims(tensor), rank(tensor)) * size(tensor) + LEAF - 1) / LEAF);
        if (count == 0 || length % LEAF != 0 || first + count > 1 << levels) revert IFormulas.WrongLeafOpening(place);
        (uint256 data, uint256 nodes) = _hashLeaves(opening.data, count);
        if (!_provesRange(root, nodes, first, count, levels, opening.siblings)) {
            revert IFormulas.WrongLeafOpening(place);
        }
        if (size(tensor) > 1) _highestFirst(data, length, size(tensor));
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

    /// @dev Copies leaves into memory and hashes each where it lies: its tag takes the byte before it, the last one of the leaf before, for as long as
    /// that takes.
    /// @return leaves Their address. @return nodes Address of the leaves' hashes, with a free word before and behind them.
    function _hashLeaves(bytes calldata data, uint256 count) private view returns (uint256 leaves, uint256 nodes) {
        bool ok = true;
        assembly ("memory-safe") {
            leaves := add(mload(0x40), 0x20)
            calldatacopy(leaves, data.offset, data.length)
            nodes := add(add(leaves, data.length), 0x20)
            let leaf := leaves
            for { let i := 0 } lt(i, count) { i := add(i, 1) } {
                let before := mload(sub(leaf, 0x20))
                mstore8(sub(leaf, 1), 0x00)
                ok := and(ok, staticcall(gas(), 2, sub(leaf, 1), 513, add(nodes, shl(5, i)), 0x20))
                ok := and(ok, eq(returndatasize(), 0x20))
                mstore(sub(leaf, 0x20), before)
                leaf := add(leaf, 512)
            }
            mstore(0x40, add(add(nodes, shl(5, count)), 0x20))
        }
        if (!ok) revert Sha256.HashFailed();
    }

    /// @dev Whether a range of neighbouring nodes, whose words it overwrites, is in the tree.
    function _provesRange(
        bytes32 root,
        uint256 nodes,
        uint256 first,
        uint256 count,
        uint256 levels,
        bytes32[] calldata siblings
    ) private view returns (bool) {
        uint256 scratch = _scratch();
        uint256 used;
        for (uint256 level; level < levels; ++level) {
            uint256 from = nodes;
            if (first & 1 == 1) {
                from -= 0x20;
                _store(from, used < siblings.length ? siblings[used] : bytes32(0));
                ++used;
                ++count;
            }
            if (count & 1 == 1) {
                _store(from + (count << 5), used < siblings.length ? siblings[used] : bytes32(0));
                ++used;
                ++count;
            }
            // Parent i goes to a word that pair i or one before it has been read from.
            count >>= 1;
            for (uint256 i; i < count; ++i) {
                _store(nodes + (i << 5), Sha256.node(scratch, _load(from + (i << 6)), _load(from + (i << 6) + 0x20)));
            }
            first >>= 1;
        }
        return used == siblings.length && _load(nodes) == root;
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

    function _load(uint256 where) private pure returns (bytes32 word) {
        assembly ("memory-safe") {
            word := mload(where)
        }
    }

    function _store(uint256 where, bytes32 word) private pure {
        assembly ("memory-safe") {
            mstore(where, word)
        }
    }

    /// @dev Reverses the bytes of every element, which little-endian data have lowest first, for all elements of a word at once: neighbouring bytes change
    /// places, then neighbouring pairs, then neighbouring fours.
    function _highestFirst(uint256 data, uint256 length, uint256 width) private pure {
        assembly ("memory-safe") {
            let bytes1s := 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff
            let bytes2s := 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff
            let bytes4s := 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
            for { let end := add(data, length) } lt(data, end) { data := add(data, 0x20) } {
                let word := mload(data)
                word := or(shl(8, and(word, bytes1s)), and(shr(8, word), bytes1s))
                if gt(width, 2) {
                    word := or(shl(16, and(word, bytes2s)), and(shr(16, word), bytes2s))
                    if gt(width, 4) { word := or(shl(32, and(word, bytes4s)), and(shr(32, word), bytes4s)) }
                }
                mstore(data, word)
            }
        }
    }
}
