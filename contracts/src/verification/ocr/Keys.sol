// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISteps} from "../../interfaces/IPageSteps.sol";
import {Sha256Tree} from "../../libraries/Sha256Tree.sol";
import {KeysOpening} from "../../types/Page.sol";
import {PageTensor, PageTensors, ProvedBytes} from "./PageTensors.sol";

/// @notice A line of `keys.txt` in memory.
struct Key {
    uint256 pointer;
    uint256 length;
}

using Keys for Key global;

/// @title Characters of classes, from `keys.txt` of the model's bundle (specs/digests.md, specs/exact-ocr.md)
library Keys {
    uint256 private constant LEAF = 512;
    bytes1 private constant LINE_FEED = 0x0a;
    uint256 private constant ONES = 0x0101010101010101010101010101010101010101010101010101010101010101;

    /// @notice The leaves opened. Reverts unless they are the bundle's.
    function open(bytes32 weights, KeysOpening calldata keys) internal view returns (ProvedBytes memory shown) {
        bytes32 bundle = Sha256Tree.hash(abi.encodePacked(hex"0501", uint16(keys.files.length), keys.files));
        if (bundle != weights || keys.place >= keys.files.length) revert ISteps.WrongKeysOpening();
        bytes32 file = Sha256Tree.hash(abi.encodePacked(hex"04", uint8(8), "keys.txt", keys.size, keys.root));
        if (file != keys.files[keys.place]) revert ISteps.WrongKeysOpening();
        bool proved;
        (shown, proved) = PageTensors.prove(keys.root, keys.size, keys.first, keys.data, keys.siblings, false);
        if (!proved) revert ISteps.WrongKeysOpening();
    }

    /// @notice Length of the entry `keys`: the file's leaves, and one more.
    function lengthOf(uint256 size) internal pure returns (uint256) {
        return size == 0 ? 2 : (size + LEAF - 1) / LEAF + 1;
    }

    /// @notice An element of the entry `keys`: lines that end in a leaf, or, as the last, whether the file ends within one.
    function countOf(ProvedBytes memory shown, uint256 size, uint256 element) internal pure returns (int256 count) {
        if (element + 1 == lengthOf(size)) {
            return size == 0 || shown.byteAt(size - 1) == uint8(LINE_FEED) ? int256(0) : int256(1);
        }
        uint256 start = element * LEAF;
        uint256 pointer = shown.find(start, size - start < LEAF ? size - start : LEAF);
        // Behind the file's end a leaf has zeros.
        for (uint256 i; i < LEAF; i += 32) {
            count += int256(_countOf(_lineFeedsAt(pointer + i)));
        }
    }

    /// @dev The highest bit of each of 32 bytes that is a line feed: of each that is not, seven bits and 127 carry into the eighth, or it is set.
    function _lineFeedsAt(uint256 pointer) private pure returns (uint256 marks) {
        assembly ("memory-safe") {
            let sevens := 0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f
            let differing := xor(mload(pointer), mul(ONES, 0x0a))
            marks := not(or(or(add(and(differing, sevens), sevens), differing), sevens))
        }
    }

    /// @dev How many bytes are marked: all of them added up in the highest one's place.
    function _countOf(uint256 marks) private pure returns (uint256 count) {
        assembly ("memory-safe") {
            count := shr(248, mul(shr(7, marks), ONES))
        }
    }

    /// @notice How many lines the file has. @param keys The entry `keys`, all of it.
    function linesOf(PageTensor memory keys) internal pure returns (int256) {
        return int256(_sumOf(keys, keys.dim(0)));
    }

    /// @dev What the entry's first elements are together, none of which is below 0: those of a word at once, two in each 64 bits, which are added up in the
    /// highest.
    function _sumOf(PageTensor memory keys, uint256 count) private pure returns (uint256 sum) {
        uint256 from = keys.numbers(0, count);
        assembly ("memory-safe") {
            let lows := 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
            for { let end := add(from, shl(2, count)) } lt(from, end) {} {
                let word := mload(from)
                from := add(from, 0x20)
                if gt(from, end) {
                    let beyond := shl(3, sub(from, end))
                    word := shl(beyond, shr(beyond, word))
                }
                sum := add(sum, add(and(word, lows), and(shr(32, word), lows)))
            }
            sum := shr(192, mul(sum, 0x0000000000000001000000000000000100000000000000010000000000000001))
        }
    }

    /// @notice Line number `line` of the file. The leaves opened begin with the one in which the line before it ends.
    /// @param keys The entry `keys`, from its beginning to that leaf.
    function lineAt(ProvedBytes memory shown, uint256 size, uint256 first, PageTensor memory keys, uint256 line)
        internal
        pure
        returns (Key memory key)
    {
        uint256 ended = _sumOf(keys, first);
        // Line 0 begins with the file, any other behind the end of one in this leaf.
        if (line == 0 ? first != 0 : ended >= line) revert ISteps.NotThere(first);
        uint256 next = first * LEAF;
        if (line != 0) next = _behind(shown, next, line - ended);
        uint256 end = next;
        while (end < size && shown.byteAt(end) != uint8(LINE_FEED)) ++end;
        key.length = end - next;
        if (key.length != 0) key.pointer = shown.find(next, key.length);
    }

    /// @dev Where the byte behind line feed number `wanted` of a leaf stands, the first being number 1. @param start Where the leaf does.
    function _behind(ProvedBytes memory shown, uint256 start, uint256 wanted) private pure returns (uint256 next) {
        uint256 pointer = shown.find(start, 1);
        for (uint256 i; i < LEAF; i += 32) {
            uint256 marks = _lineFeedsAt(pointer + i);
            uint256 here = _countOf(marks);
            if (here < wanted) {
                wanted -= here;
                continue;
            }
            next = start + i;
            // Up to the one that is wanted, which is in this word.
            while (wanted != 0) {
                wanted -= marks >> 255;
                marks <<= 8;
                ++next;
            }
            return next;
        }
        revert ISteps.NotThere(start / LEAF);
    }

    /// @notice A byte of it.
    function byteAt(Key memory key, uint256 number) internal pure returns (uint8 value) {
        uint256 pointer = key.pointer + number;
        assembly ("memory-safe") {
            value := byte(0, mload(pointer))
        }
    }
}
