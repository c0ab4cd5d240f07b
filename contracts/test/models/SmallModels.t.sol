// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISmallModels} from "../../src/interfaces/ISmallModels.sol";
import {Deploy} from "../base/Deploy.sol";

/// @title Small models, against the specification in plain Solidity
/// @dev Isolated, so that a call finds a model's code untouched.
/// forge-config: default.isolate = true
contract SmallModelsTest is Deploy {
    ISmallModels private small;

    function setUp() public {
        small = ISmallModels(deploy("SmallModels", ""));
    }

    /// @dev One layer, by hand: 2·10 − 3·20 + 5 = −35, half of which is −17.5, to the even −18; 127·10 − 128·20 = −1,290.
    function test_ByHand() public {
        bytes memory data = bytes.concat(
            hex"01010002",
            header(2, -1_000, 1_000),
            output(1, 5, 1),
            output(1, 0, 0),
            weights2(2, 127),
            weights2(-3, -128)
        );
        address model = small.publish(data);
        vm.assertEq(keccak256(model.code), keccak256(bytes.concat(hex"00", data)), "a zero byte, then the model");
        (uint256 best, int256[] memory scores) = small.classify(model, hex"0a14");
        vm.assertEq(scores.length, 2, "scores");
        vm.assertEq(scores[0], -18, "of two the even one");
        vm.assertEq(scores[1], -1_000, "clipped");
        vm.assertEq(best, 0, "best");
        (best, scores) = small.classify(model, hex"0000");
        vm.assertEq(scores[0], 2, "2.5, to the even one");
    }

    function test_TheFirstOfEqualsIsBest() public {
        address model = small.publish(
            bytes.concat(
                hex"01010001", header(3, -9, 9), output(0, -1, 0), output(0, 4, 0), output(0, 4, 0), hex"808080"
            )
        );
        (uint256 best,) = small.classify(model, hex"07");
        vm.assertEq(best, 1, "best");
    }

    function test_TheSameBytesAreOneModel() public {
        bytes memory data = random(1, 3, 2, 1, 0);
        vm.assertEq(small.publish(data), small.publish(data), "address");
    }

    /// @dev The widest sums there are: 1,000 inputs of 255 and weights of 127 beside those of −128.
    function test_LanesDoNotCarry() public {
        bytes memory data = bytes.concat(hex"010103e8", header(2, type(int64).min, type(int64).max));
        data = bytes.concat(data, output(1, 0, 0), output(1, 0, 0));
        bytes memory input = new bytes(1_000);
        for (uint256 i; i < 1_000; ++i) {
            data = bytes.concat(data, hex"ff00");
            input[i] = 0xff;
        }
        (, int256[] memory scores) = small.classify(small.publish(data), input);
        vm.assertEq(scores[0], 1_000 * 255 * 127, "largest");
        vm.assertEq(scores[1], -1_000 * 255 * 128, "least");
    }

    /// forge-config: default.fuzz.runs = 200
    function testFuzz_ComputesWhatThePageSays(uint256 seed, uint256 inputs, uint256 hidden, uint256 outputs) public {
        seed = uint256(keccak256(abi.encode(seed))) >> 1;
        inputs = bound(inputs, 1, 40);
        hidden = bound(hidden, 0, 40);
        outputs = bound(outputs, 1, 70);
        bytes memory data = random(seed, inputs, outputs, hidden == 0 ? 1 : 2, hidden);
        bytes memory input = noise(seed + 1, inputs);
        (uint256 best, int256[] memory scores) = small.classify(small.publish(data), input);
        int256[] memory wanted = literal(data, input);
        vm.assertEq(scores.length, wanted.length, "count");
        uint256 first;
        for (uint256 i; i < wanted.length; ++i) {
            vm.assertEq(scores[i], wanted[i], "score");
            if (wanted[i] > wanted[first]) first = i;
        }
        vm.assertEq(best, first, "best");
    }

    function test_MalformedModels() public {
        bytes memory good = random(2, 3, 2, 2, 4);
        refused(hex"", 0);
        refused(hex"010100", 3);
        refused(bytes.concat(hex"02", tail(good, 1)), 0);
        refused(bytes.concat(hex"0100", tail(good, 2)), 1);
        refused(bytes.concat(hex"0109", tail(good, 2)), 1);
        refused(bytes.concat(hex"01020000", tail(good, 4)), 2);
        refused(bytes.concat(hex"010200030000", tail(good, 6)), 4);
        refused(bytes.concat(good, hex"00"), good.length);
        bytes memory short = good;
        assembly ("memory-safe") {
            mstore(short, sub(mload(short), 1))
        }
        refused(short, short.length);
        // A hidden layer whose outputs are no bytes; bounds the wrong way round.
        refused(bytes.concat(hex"01020001", header(1, -1, 255), output(1, 0, 0), hex"81"), 6);
        refused(bytes.concat(hex"01020001", header(1, 0, 256), output(1, 0, 0), hex"81"), 6);
        refused(bytes.concat(hex"01010001", header(1, 2, 1), output(1, 0, 0), hex"81"), 6);
    }

    function testFuzz_AnyCutOfAModelIsRefused(uint256 length) public {
        bytes memory data = random(3, 5, 7, 2, 6);
        length = bound(length, 0, data.length - 1);
        assembly ("memory-safe") {
            mstore(data, length)
        }
        refused(data, length);
    }

    function test_TooLarge() public {
        vm.expectRevert(abi.encodeWithSelector(ISmallModels.ModelTooLarge.selector, 24_576, 24_575));
        small.publish(new bytes(24_576));
    }

    function test_NoModel() public {
        vm.expectRevert(abi.encodeWithSelector(ISmallModels.NotAModel.selector, address(1_234)));
        small.classify(address(1_234), hex"00");
        vm.expectRevert(abi.encodeWithSelector(ISmallModels.NotAModel.selector, address(small)));
        small.classify(address(small), hex"00");
        vm.etch(address(1_234), hex"000100");
        vm.expectRevert(abi.encodeWithSelector(ISmallModels.MalformedModel.selector, 2));
        small.classify(address(1_234), hex"00");
    }

    function test_WrongInputLength() public {
        address model = small.publish(random(4, 3, 2, 1, 0));
        vm.expectRevert(abi.encodeWithSelector(ISmallModels.WrongInputLength.selector, 4, 3));
        small.classify(model, hex"01020304");
    }

    /// @dev Every input is above zero, so that none is passed over: what a call costs at most. The call alone, without a
    /// transaction's 21,000 and its calldata.
    function test_Gas() public {
        note("classify, 64 inputs, 10 outputs", random(5, 64, 10, 1, 0), 64);
        note("classify, 64 inputs, 16 hidden, 10 outputs", random(6, 64, 10, 2, 16), 64);
        note("classify, 784 inputs, 28 hidden, 10 outputs", random(7, 784, 10, 2, 28), 784);
        vm.snapshotValue("Size", "SmallModels", address(small).code.length);
    }

    function note(string memory name, bytes memory data, uint256 inputs) private {
        bytes memory input = new bytes(inputs);
        for (uint256 i; i < inputs; ++i) {
            input[i] = 0xc8;
        }
        address model = small.publish(data);
        small.classify(model, input);
        vm.snapshotValue("SmallModels", name, vm.lastCallGas().gasTotalUsed);
    }

    function refused(bytes memory data, uint256 offset) private {
        vm.expectRevert(abi.encodeWithSelector(ISmallModels.MalformedModel.selector, offset));
        small.publish(data);
    }

    /// @dev The page's sentences, one after the other.
    function literal(bytes memory data, bytes memory input) private pure returns (int256[] memory values) {
        values = new int256[](input.length);
        for (uint256 i; i < input.length; ++i) {
            values[i] = int256(uint256(uint8(input[i])));
        }
        uint256 place = 4;
        for (uint256 layer; layer < uint8(data[1]); ++layer) {
            uint256 count = uint256(number(data, place, 2));
            int256 lo = int64(uint64(number(data, place + 2, 8)));
            int256 hi = int64(uint64(number(data, place + 10, 8)));
            place += 18;
            int256[] memory outputs = new int256[](count);
            for (uint256 j; j < count; ++j) {
                int256 sum;
                for (uint256 i; i < values.length; ++i) {
                    sum += values[i] * (int256(number(data, place + 17 * count + i * count + j, 1)) - 128);
                }
                sum = sum * int64(uint64(number(data, place + 17 * j, 8)))
                    + int64(uint64(number(data, place + 17 * j + 8, 8)));
                sum = halved(sum, number(data, place + 17 * j + 16, 1));
                outputs[j] = sum < lo ? lo : sum > hi ? hi : sum;
            }
            place += count * (17 + values.length);
            values = outputs;
        }
    }

    /// @dev value / 2^shift to the nearest, of two the even one, by division of magnitudes.
    function halved(int256 value, uint256 shift) private pure returns (int256) {
        uint256 size = uint256(value < 0 ? -value : value);
        uint256 divisor = 2 ** shift;
        uint256 quotient = size / divisor;
        uint256 rest = size % divisor;
        if (rest > divisor - rest || (rest == divisor - rest && quotient % 2 == 1)) ++quotient;
        return value < 0 ? -int256(quotient) : int256(quotient);
    }

    function number(bytes memory data, uint256 place, uint256 length) private pure returns (uint256 value) {
        for (uint256 i; i < length; ++i) {
            value = value * 256 + uint8(data[place + i]);
        }
    }

    /// @dev A model of one or two layers whose bytes follow from the seed. Shifts are such that numbers survive them, but for some.
    function random(uint256 seed, uint256 inputs, uint256 outputs, uint256 layers, uint256 hidden)
        private
        pure
        returns (bytes memory data)
    {
        data = abi.encodePacked(hex"01", uint8(layers), uint16(inputs));
        if (layers == 2) data = bytes.concat(data, header(uint16(hidden), 0, 255), someLayer(seed, inputs, hidden));
        int64 reach = seed % 3 == 0 ? int64(1_000) : type(int64).max;
        uint256 read = layers == 2 ? hidden : inputs;
        data = bytes.concat(data, header(uint16(outputs), -reach, reach), someLayer(seed + 2, read, outputs));
    }

    function someLayer(uint256 seed, uint256 inputs, uint256 outputs) private pure returns (bytes memory data) {
        for (uint256 j; j < outputs; ++j) {
            uint256 word = uint256(keccak256(abi.encode(seed, j, "output")));
            uint8 shift = word % 16 == 0 ? uint8(word >> 192) : uint8(word >> 192) % 12;
            bool wide = (word >> 8) % 8 == 0;
            int64 multiplier = wide ? int64(uint64(word >> 64)) : int64(uint64(word >> 64) % 7) - 3;
            int64 bias = wide ? int64(uint64(word >> 128)) : int64(uint64(word >> 128) % 20_001) - 10_000;
            data = bytes.concat(data, output(multiplier, bias, shift));
        }
        return bytes.concat(data, noise(seed + 3, inputs * outputs));
    }

    function noise(uint256 seed, uint256 length) private pure returns (bytes memory data) {
        data = new bytes(length);
        for (uint256 i; i < length; ++i) {
            data[i] = keccak256(abi.encode(seed, i / 32))[i % 32];
        }
    }

    function header(uint16 outputs, int64 lo, int64 hi) private pure returns (bytes memory) {
        return abi.encodePacked(outputs, lo, hi);
    }

    function output(int64 multiplier, int64 bias, uint8 shift) private pure returns (bytes memory) {
        return abi.encodePacked(multiplier, bias, shift);
    }

    function weights2(int256 left, int256 right) private pure returns (bytes memory) {
        return abi.encodePacked(uint8(uint256(left + 128)), uint8(uint256(right + 128)));
    }

    function tail(bytes memory data, uint256 from) private pure returns (bytes memory rest) {
        rest = new bytes(data.length - from);
        for (uint256 i; i < rest.length; ++i) {
            rest[i] = data[from + i];
        }
    }
}
