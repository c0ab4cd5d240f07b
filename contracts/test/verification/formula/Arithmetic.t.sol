// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Dyadic} from "../../../src/verification/formula/Dyadic.sol";
import {Elements, Words} from "../../../src/verification/formula/Elements.sol";
import {Lanes} from "../../../src/verification/formula/Lanes.sol";
import {Terms} from "../../../src/verification/formula/Terms.sol";
import {IFormulas} from "../../../src/interfaces/IFormulas.sol";
import {Test} from "../../base/Test.sol";

/// @dev The words and bytes that formulas are computed with, beside the same done one by one.
contract ArithmeticTest is Test {
    // ---- numbers ----

    function testFuzz_AddsOrReverts(int256 x, int256 y) public {
        (bool fits, int256 expected) = added(x, y);
        if (!fits) vm.expectRevert(IFormulas.NumberTooLarge.selector);
        int256 sum = this.add(x, y);
        if (fits) vm.assertEq(sum, expected, "sum");
    }

    function testFuzz_SubtractsOrReverts(int256 x, int256 y) public {
        bool fits = y != type(int256).min || x < 0;
        int256 expected;
        if (y == type(int256).min) expected = fits ? x - y : int256(0);
        else (fits, expected) = added(x, -y);
        if (!fits) vm.expectRevert(IFormulas.NumberTooLarge.selector);
        int256 difference = this.subtract(x, y);
        if (fits) vm.assertEq(difference, expected, "difference");
    }

    function testFuzz_MultipliesOrReverts(int256 x, int256 y, uint8 widthX, uint8 widthY) public {
        (x, y) = (x >> widthX, y >> widthY);
        try this.checkedProduct(x, y) returns (int256 expected) {
            vm.assertEq(this.multiply(x, y), expected, "product");
        } catch {
            vm.expectRevert(IFormulas.NumberTooLarge.selector);
            this.multiply(x, y);
        }
    }

    function test_MultipliesTheLeastNumber() public {
        vm.assertEq(this.multiply(type(int256).min, 1), type(int256).min, "by 1");
        vm.assertEq(this.multiply(0, type(int256).min), 0, "by 0");
        vm.expectRevert(IFormulas.NumberTooLarge.selector);
        this.multiply(type(int256).min, -1);
        vm.expectRevert(IFormulas.NumberTooLarge.selector);
        this.multiply(-1, type(int256).min);
    }

    function testFuzz_ShiftsOrReverts(int256 m, uint8 width, uint16 bits) public {
        m >>= width;
        bool fits = m == 0 || (bits <= 254 && (m << bits) / int256(1 << bits) == m);
        if (!fits) vm.expectRevert(IFormulas.NumberTooLarge.selector);
        int256 shifted = this.shiftLeft(m, bits);
        if (fits) vm.assertEq(shifted, m == 0 ? int256(0) : m * int256(1 << bits), "shifted");
    }

    /// @dev Down to the nearest, and of two the even one.
    function testFuzz_Rounds(int128 whole, uint8 bits, uint256 rest) public pure {
        bits = uint8(bound(bits, 1, 120));
        uint256 unit = 1 << bits;
        rest %= unit;
        int256 m = int256(whole) * int256(unit) + int256(rest);
        int256 u = -int256(uint256(bits));
        vm.assertEq(Dyadic.floor(m, u), whole, "floor");
        bool up = rest > unit / 2 || (rest == unit / 2 && whole % 2 != 0);
        vm.assertEq(Dyadic.round(m, u), up ? int256(whole) + 1 : int256(whole), "round");
        vm.assertEq(Dyadic.round(int256(whole) * int256(unit) + int256(unit / 2), u) % 2, 0, "halves go to even ones");
    }

    function test_RoundsTinyUnits() public pure {
        vm.assertEq(Dyadic.round(type(int256).max, -255), 1, "nearly 1");
        vm.assertEq(Dyadic.round(type(int256).min, -255), -1, "-1");
        vm.assertEq(Dyadic.round(type(int256).max, -256), 0, "nearly a half");
        vm.assertEq(Dyadic.round(type(int256).min, -256), 0, "-1/2");
        vm.assertEq(Dyadic.round(type(int256).min, -2 ** 40), 0, "nearly nothing");
        vm.assertEq(Dyadic.floor(-1, -2 ** 40), -1, "floor of nearly nothing");
        vm.assertEq(Dyadic.floor(1, -2 ** 40), 0, "floor of nearly nothing, from above");
    }

    function testFuzz_Roots(uint256 x, uint8 width) public pure {
        x >>= width;
        uint256 root = Dyadic.root(x);
        vm.assertTrue(root <= type(uint128).max && root * root <= x, "not above");
        vm.assertTrue(root == type(uint128).max || (root + 1) * (root + 1) > x, "not below");
    }

    function testFuzz_Aligns(int64 m, int64 n, uint8 u, uint8 v) public pure {
        (u, v) = (u % 90, v % 90);
        (int256 x, int256 y, int256 unit) = Dyadic.align(m, -int256(uint256(u)), n, -int256(uint256(v)));
        uint256 most = u > v ? u : v;
        vm.assertEq(unit, -int256(most), "unit");
        vm.assertEq(x, int256(m) << (most - u), "x");
        vm.assertEq(y, int256(n) << (most - v), "y");
    }

    // ---- lanes ----

    function testFuzz_Broadcasts(uint256 coordinates, uint256 dims, uint8 ones) public pure {
        uint256 expected;
        for (uint256 lane; lane < 8; ++lane) {
            if ((ones >> lane) & 1 == 1) dims = Lanes.replace(dims, lane, (dims >> lane) & 1);
            if (Lanes.get(dims, lane) > 1) expected = Lanes.replace(expected, lane, Lanes.get(coordinates, lane));
        }
        vm.assertEq(Lanes.broadcast(coordinates, dims), expected, "coordinates");
    }

    function testFuzz_InsertsAndRemoves(uint256 lanes, uint8 lane, uint32 value) public pure {
        lane %= 8;
        uint256 seven = Lanes.low(lanes, 7);
        uint256 eight = Lanes.insert(seven, lane, value);
        vm.assertEq(Lanes.get(eight, lane), value, "value");
        vm.assertEq(Lanes.remove(eight, lane), seven, "others");
        vm.assertEq(Lanes.low(lanes, 8), lanes, "all");
        vm.assertEq(Lanes.above(lanes, 8), 0, "none");
    }

    function testFuzz_Flattens(uint256 index, uint256 dims, uint8 rank) public pure {
        rank %= 9;
        for (uint256 lane; lane < 8; ++lane) {
            dims = Lanes.replace(dims, lane, lane < rank ? bound(Lanes.get(dims, lane), 1, 40) : 0);
        }
        uint256 count = Lanes.product(dims, rank);
        index %= count;
        uint256 coordinates = Lanes.unflatten(index, dims, rank);
        for (uint256 lane; lane < rank; ++lane) {
            vm.assertTrue(Lanes.get(coordinates, lane) < Lanes.get(dims, lane), "within");
        }
        vm.assertEq(Lanes.flatten(coordinates, dims, rank), index, "index");
    }

    // ---- elements and terms ----

    function testFuzz_Reads(bytes32 data, uint8 which) public pure {
        (uint256 width, bool unsigned) = typeOf(which);
        bytes memory held = bytes.concat(data, bytes32(type(uint256).max));
        vm.assertEq(Elements.read(addressOf(held), width, unsigned), element(held, 0, width, unsigned), "element");
    }

    /// @dev A series of integers as bytes, and the same one by one.
    struct Kept {
        bytes data;
        uint256 width;
        bool unsigned;
        uint256 step;
    }

    function testFuzz_TakesTerms(bytes32[12] memory seeds, uint8 which, uint8 how) public pure {
        Kept memory kept = keep(seeds, which, how % 2 == 0 ? 1 : 3);
        uint256 count = bound(how, 1, 11);
        (int256 sum, int256 most, int256 least) = (0, type(int128).min, type(int128).max);
        int256 place = type(int128).min;
        for (uint256 i; i < count; ++i) {
            int256 x = term(kept, i);
            sum += x;
            if (x > most) place = x * 2 ** 64 + int256(uint256(type(uint64).max)) - int256(i) - 7;
            if (x > most) most = x;
            if (x < least) least = x;
        }
        Words memory words = open(kept, count);
        vm.assertEq(Terms.sum(words, count), sum, "sum");
        vm.assertEq(Terms.most(words, count, type(int128).min, false), most, "greatest");
        vm.assertEq(Terms.most(words, count, type(int128).max, true), least, "least");
        vm.assertEq(Terms.place(words, count, type(int128).min, 7), place, "place");
    }

    function testFuzz_TakesProducts(bytes32[12] memory seeds, uint8 whichX, uint8 whichY, uint8 how, int8 zero)
        public
        pure
    {
        Kept memory x = keep(seeds, whichX, how % 2 == 0 ? 1 : 3);
        Kept memory y = keep(seeds, whichY, how % 3 == 0 ? 1 : 2);
        uint256 count = bound(how, 1, 11);
        (int256 whole, int256 less) = (0, 0);
        for (uint256 i; i < count; ++i) {
            whole += term(x, i) * term(y, i);
            less += (term(x, i) - zero) * (term(y, i) - 5);
        }
        (Words memory a, Words memory b) = (open(x, count), open(y, count));
        vm.assertEq(Terms.dot(a, b, count), whole, "products");
        (a.zero, b.zero) = (zero, 5);
        vm.assertEq(Terms.dot(a, b, count), less, "products less zero points");
    }

    function keep(bytes32[12] memory seeds, uint8 which, uint256 apart) private pure returns (Kept memory kept) {
        (kept.width, kept.unsigned) = typeOf(which);
        kept.data = abi.encodePacked(seeds, bytes32(type(uint256).max));
        kept.step = apart * kept.width;
    }

    function term(Kept memory kept, uint256 i) private pure returns (int256) {
        return element(kept.data, i * kept.step, kept.width, kept.unsigned);
    }

    function open(Kept memory kept, uint256 count) private pure returns (Words memory) {
        return Elements.open(addressOf(kept.data), kept.step, count, kept.width, kept.unsigned);
    }

    // ---- what tests call from outside, so that they can expect reverts ----

    function add(int256 x, int256 y) external pure returns (int256) {
        return Dyadic.add(x, y);
    }

    function subtract(int256 x, int256 y) external pure returns (int256) {
        return Dyadic.subtract(x, y);
    }

    function multiply(int256 x, int256 y) external pure returns (int256) {
        return Dyadic.multiply(x, y);
    }

    function shiftLeft(int256 m, uint256 bits) external pure returns (int256) {
        return Dyadic.shiftLeft(m, bits);
    }

    function checkedProduct(int256 x, int256 y) external pure returns (int256) {
        return x * y;
    }

    function added(int256 x, int256 y) private pure returns (bool fits, int256 sum) {
        fits = y >= 0 ? x <= type(int256).max - y : x >= type(int256).min - y;
        if (fits) sum = x + y;
    }

    function typeOf(uint8 which) private pure returns (uint256 width, bool unsigned) {
        which %= 5;
        return which == 4 ? (1, true) : (1 << which, false);
    }

    function addressOf(bytes memory data) private pure returns (uint256 where) {
        assembly ("memory-safe") {
            where := add(data, 0x20)
        }
    }

    function element(bytes memory data, uint256 from, uint256 width, bool unsigned) private pure returns (int256) {
        uint256 value;
        for (uint256 i; i < width; ++i) {
            value |= uint256(uint8(data[from + i])) << (8 * i);
        }
        bool negative = !unsigned && value >> (8 * width - 1) == 1;
        return negative ? int256(value) - int256(1 << (8 * width)) : int256(value);
    }
}
