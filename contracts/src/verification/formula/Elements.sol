// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Integers in memory, each of which is the word at its address, shifted right with its sign by `bits`, then masked.
/// @param from Address of the first. @param step Bytes from one to the next.
/// @param zero What is taken from each.
struct Words {
    uint256 from;
    uint256 step;
    uint256 bits;
    uint256 mask;
    int256 zero;
}

/// @title Little-endian integers in memory, one, two, four or eight bytes each
library Elements {
    /// @notice The integer at an address.
    function read(uint256 from, uint256 width, bool unsigned) internal pure returns (int256 element) {
        assembly ("memory-safe") {
            switch width
            case 1 { element := byte(0, mload(from)) }
            default {
                // Eight bytes the other way round: the integer's are then the lowest.
                let word := shr(192, mload(from))
                word := or(shl(8, and(word, 0x00ff00ff00ff00ff)), and(shr(8, word), 0x00ff00ff00ff00ff))
                word := or(shl(16, and(word, 0x0000ffff0000ffff)), and(shr(16, word), 0x0000ffff0000ffff))
                element := or(shl(32, and(word, 0x00000000ffffffff)), shr(32, word))
            }
            if iszero(unsigned) { element := signextend(sub(width, 1), element) }
        }
    }

    /// @notice A series of integers so that each can be read in one word.
    /// @param from Address of the first. @param step Bytes from one to the next. @param count How many.
    function open(uint256 from, uint256 step, uint256 count, uint256 width, bool unsigned)
        internal
        pure
        returns (Words memory words)
    {
        unchecked {
            words.mask = unsigned ? 0xff : type(uint256).max;
            (words.from, words.step, words.bits) = (from, step, 256 - 8 * width);
            if (width == 1) return words;
            uint256 to = _room(32 * count + 32);
            words.from = to;
            if (step == width) {
                turn(from, to, count * width, width);
                return words;
            }
            (words.step, words.bits) = (32, 0);
            for (; count > 0; --count) {
                int256 element = read(from, width, unsigned);
                assembly ("memory-safe") {
                    mstore(to, element)
                }
                (from, to) = (from + step, to + 32);
            }
        }
    }

    function _room(uint256 bytes_) private pure returns (uint256 from) {
        assembly ("memory-safe") {
            from := mload(0x40)
            mstore(0x40, add(from, bytes_))
        }
    }

    /// @notice Copies integers of two, four or eight bytes with their bytes the other way round, or turns them where they lie. Whole words: up to 31 bytes
    /// behind them are written to as well.
    /// @dev All integers of a word at once: neighbouring bytes change places, then neighbouring pairs, then neighbouring fours.
    function turn(uint256 from, uint256 to, uint256 length, uint256 width) internal pure {
        assembly ("memory-safe") {
            let ones := 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff
            let twos := 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff
            let fours := 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff
            for { let end := add(to, length) } lt(to, end) { to := add(to, 0x20) } {
                let word := mload(from)
                word := or(shl(8, and(word, ones)), and(shr(8, word), ones))
                if gt(width, 2) {
                    word := or(shl(16, and(word, twos)), and(shr(16, word), twos))
                    if gt(width, 4) { word := or(shl(32, and(word, fours)), and(shr(32, word), fours)) }
                }
                mstore(to, word)
                from := add(from, 0x20)
            }
        }
    }
}
