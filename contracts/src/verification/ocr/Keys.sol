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

    /// @notice The leaves opened. Reverts unless they are the bundle's.
    function open(bytes32 weights, KeysOpening calldata keys) internal view returns (ProvedBytes memory shown) {
        bytes32 bundle = Sha256Tree.hash(abi.encodePacked(hex"0501", uint16(keys.files.length), keys.files));
        if (bundle != weights || keys.place >= keys.files.length) revert ISteps.WrongKeysOpening();
        bytes32 file = Sha256Tree.hash(abi.encodePacked(hex"04", uint8(8), "keys.txt", keys.size, keys.root));
        if (file != keys.files[keys.place]) revert ISteps.WrongKeysOpening();
        bool proved;
        (shown, proved) = PageTensors.prove(keys.root, keys.size, keys.first, keys.data, keys.siblings);
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
            count += int256(_lineFeedsAt(pointer + i));
        }
    }

    /// @dev How many of 32 bytes are line feeds: of each that is not, seven bits and 127 carry into the eighth, or it is set.
    function _lineFeedsAt(uint256 pointer) private pure returns (uint256 count) {
        assembly ("memory-safe") {
            let sevens := 0x7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f
            let ones := 0x0101010101010101010101010101010101010101010101010101010101010101
            let differing := xor(mload(pointer), mul(ones, 0x0a))
            let marks := not(or(or(add(and(differing, sevens), sevens), differing), sevens))
            count := shr(248, mul(shr(7, marks), ones))
        }
    }

    /// @notice How many lines the file has. @param keys The entry `keys`, all of it.
    function linesOf(PageTensor memory keys) internal pure returns (int256 lines) {
        uint256 length = keys.dim(0);
        for (uint256 i; i < length; ++i) {
            lines += keys.get(i);
        }
    }

    /// @notice Line number `line` of the file. The leaves opened begin with the one in which the line before it ends.
    /// @param keys The entry `keys`, from its beginning to that leaf.
    function lineAt(ProvedBytes memory shown, uint256 size, uint256 first, PageTensor memory keys, uint256 line)
        internal
        pure
        returns (Key memory key)
    {
        uint256 ended;
        for (uint256 i; i < first; ++i) {
            ended += uint256(keys.get(i));
        }
        // Line 0 begins with the file, any other behind the end of one in this leaf.
        if (line == 0 ? first != 0 : ended >= line) revert ISteps.NotThere(first);
        uint256 next = first * LEAF;
        for (; ended < line; ++next) {
            if (next == (first + 1) * LEAF) revert ISteps.NotThere(first);
            if (shown.byteAt(next) == uint8(LINE_FEED)) ++ended;
        }
        uint256 end = next;
        while (end < size && shown.byteAt(end) != uint8(LINE_FEED)) ++end;
        key.length = end - next;
        if (key.length != 0) key.pointer = shown.find(next, key.length);
    }

    /// @notice A byte of it.
    function byteAt(Key memory key, uint256 number) internal pure returns (uint8 value) {
        uint256 pointer = key.pointer + number;
        assembly ("memory-safe") {
            value := byte(0, mload(pointer))
        }
    }
}
