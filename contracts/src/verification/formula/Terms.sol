// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Words} from "./Elements.sol";

/// @title Loops over the terms of a fold
/// @notice Nearly all that a long fold costs. Terms have at most 64 bits and there are at most 4,096 at a time (`Programs`), so a sum of products stays below
/// 2^139 and no sum wraps.
library Terms {
    /// @notice Σ (a − zero of a) · (b − zero of b).
    function dot(Words memory a, Words memory b, uint256 count) internal pure returns (int256 total) {
        assembly ("memory-safe") {
            let x := mload(a)
            let stepX := mload(add(a, 0x20))
            let bitsX := mload(add(a, 0x40))
            let maskX := mload(add(a, 0x60))
            let y := mload(b)
            let stepY := mload(add(b, 0x20))
            let bitsY := mload(add(b, 0x40))
            let maskY := mload(add(b, 0x60))
            switch or(mload(add(a, 0x80)), mload(add(b, 0x80)))
            case 0 {
                // Four at a time, then what is left: the loop itself would take a third.
                for { let fours := shr(2, count) } fours { fours := sub(fours, 1) } {
                    total := add(total, mul(and(sar(bitsX, mload(x)), maskX), and(sar(bitsY, mload(y)), maskY)))
                    x := add(x, stepX)
                    y := add(y, stepY)
                    total := add(total, mul(and(sar(bitsX, mload(x)), maskX), and(sar(bitsY, mload(y)), maskY)))
                    x := add(x, stepX)
                    y := add(y, stepY)
                    total := add(total, mul(and(sar(bitsX, mload(x)), maskX), and(sar(bitsY, mload(y)), maskY)))
                    x := add(x, stepX)
                    y := add(y, stepY)
                    total := add(total, mul(and(sar(bitsX, mload(x)), maskX), and(sar(bitsY, mload(y)), maskY)))
                    x := add(x, stepX)
                    y := add(y, stepY)
                }
                for { count := and(count, 3) } count { count := sub(count, 1) } {
                    total := add(total, mul(and(sar(bitsX, mload(x)), maskX), and(sar(bitsY, mload(y)), maskY)))
                    x := add(x, stepX)
                    y := add(y, stepY)
                }
            }
            default {
                let zeroX := mload(add(a, 0x80))
                let zeroY := mload(add(b, 0x80))
                for {} count { count := sub(count, 1) } {
                    let factor := sub(and(sar(bitsX, mload(x)), maskX), zeroX)
                    total := add(total, mul(factor, sub(and(sar(bitsY, mload(y)), maskY), zeroY)))
                    x := add(x, stepX)
                    y := add(y, stepY)
                }
            }
        }
    }

    /// @notice The sum of terms.
    function sum(Words memory a, uint256 count) internal pure returns (int256 total) {
        assembly ("memory-safe") {
            let x := mload(a)
            let step := mload(add(a, 0x20))
            let bits := mload(add(a, 0x40))
            let mask := mload(add(a, 0x60))
            for {} count { count := sub(count, 1) } {
                total := add(total, and(sar(bits, mload(x)), mask))
                x := add(x, step)
            }
        }
    }

    /// @notice The greatest of `state` and of terms, or the least.
    function most(Words memory a, uint256 count, int256 state, bool least) internal pure returns (int256 found) {
        found = state;
        assembly ("memory-safe") {
            let x := mload(a)
            let step := mload(add(a, 0x20))
            let bits := mload(add(a, 0x40))
            let mask := mload(add(a, 0x60))
            for {} count { count := sub(count, 1) } {
                let term := and(sar(bits, mload(x)), mask)
                // Not greater and not equal is less; two equals may change places.
                if xor(sgt(term, found), least) { found := term }
                x := add(x, step)
            }
        }
    }

    /// @notice The greatest of `state` and of terms · 2^64 + (2^64 − 1 − index): of equal terms the first is the greater.
    /// @param index Of the first term.
    function place(Words memory a, uint256 count, int256 state, uint256 index) internal pure returns (int256 found) {
        found = state;
        assembly ("memory-safe") {
            let x := mload(a)
            let step := mload(add(a, 0x20))
            let bits := mload(add(a, 0x40))
            let mask := mload(add(a, 0x60))
            for { let last := sub(0xffffffffffffffff, index) } count { count := sub(count, 1) } {
                let term := add(shl(64, and(sar(bits, mload(x)), mask)), last)
                if sgt(term, found) { found := term }
                last := sub(last, 1)
                x := add(x, step)
            }
        }
    }
}
