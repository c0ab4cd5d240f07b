// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IFormulas} from "../../interfaces/IFormulas.sol";

/// @title Numbers m · 2^u, u ≤ 0, without rounding
/// @notice Operands of every operator of an exact graph are such numbers, and so are results. None is ever cut off: what leaves 256 bits reverts.
library Dyadic {
    /// @notice Two numbers in the lesser of their units.
    function align(int256 m, int256 u, int256 n, int256 v) internal pure returns (int256, int256, int256) {
        if (u == v) return (m, n, u);
        if (u > v) return (shiftLeft(m, uint256(u - v)), n, v);
        return (m, shiftLeft(n, uint256(v - u)), u);
    }

    function shiftLeft(int256 m, uint256 bits) internal pure returns (int256 shifted) {
        if (m == 0) return 0;
        if (bits > 254) revert IFormulas.NumberTooLarge();
        shifted = m << bits;
        if (shifted >> bits != m) revert IFormulas.NumberTooLarge();
    }

    function add(int256 m, int256 n) internal pure returns (int256 sum) {
        unchecked {
            sum = m + n;
            if ((sum < m) != (n < 0)) revert IFormulas.NumberTooLarge();
        }
    }

    function subtract(int256 m, int256 n) internal pure returns (int256 difference) {
        unchecked {
            difference = m - n;
            if ((difference > m) != (n < 0)) revert IFormulas.NumberTooLarge();
        }
    }

    function multiply(int256 m, int256 n) internal pure returns (int256 product) {
        unchecked {
            product = m * n;
            // Division finds an overflow, except of -2^255 by -1.
            if (m != 0 && (product / m != n || (m == -1 && n == type(int256).min))) revert IFormulas.NumberTooLarge();
        }
    }

    /// @notice The integer below.
    function floor(int256 m, int256 u) internal pure returns (int256) {
        return u == 0 ? m : m >> uint256(-u); // an arithmetic shift: -1 is below -1/2, however small the unit
    }

    /// @notice The nearest integer, the even one of two.
    function round(int256 m, int256 u) internal pure returns (int256 nearest) {
        if (u == 0) return m;
        uint256 bits = uint256(-u);
        if (bits > 255) return 0; // magnitudes are at most 2^255, a half of that unit: of 0 and 1 the even one
        nearest = m >> bits;
        unchecked {
            uint256 rest = uint256(m) & ((1 << bits) - 1);
            uint256 half = 1 << (bits - 1);
            if (rest > half || (rest == half && nearest & 1 == 1)) ++nearest;
        }
    }

    /// @notice ⌊√x⌋ of a whole x.
    function root(uint256 x) internal pure returns (uint256 r) {
        if (x < 2) return x;
        unchecked {
            // Newton's method from a power of two that is not below the root: it falls until it is the root's floor.
            uint256 bits;
            for (uint256 rest = x; rest != 0; rest >>= 1) {
                ++bits;
            }
            uint256 next = 1 << ((bits + 1) >> 1);
            do {
                r = next;
                next = (r + x / r) >> 1;
            } while (next < r);
        }
    }
}
