// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISmallModels} from "../interfaces/ISmallModels.sol";

/// @title Small models as one contract call
/// @notice See ISmallModels.
/// @dev Nothing here can overflow, whatever the bytes: see `_sums` and `_rescale`.
contract SmallModels is ISmallModels {
    uint8 private constant VERSION = 1;
    uint256 private constant MAX_LAYERS = 8;
    /// @dev A contract's code (EIP-170) less the zero byte in front.
    uint256 private constant MAX_BYTES = 24_575;
    /// @dev Version (1) ‖ layers (1) ‖ inputs (2).
    uint256 private constant HEADER = 4;
    /// @dev Of a layer: outputs (2) ‖ lo (8) ‖ hi (8).
    uint256 private constant LAYER_HEADER = 18;
    /// @dev Of an output: multiplier (8) ‖ bias (8) ‖ shift (1).
    uint256 private constant OUTPUT = 17;
    /// @dev Weights are stored with this added, as unsigned bytes.
    uint256 private constant ZERO_WEIGHT = 128;
    /// @dev The lowest byte of each of eight lanes of 32 bits.
    uint256 private constant LANES = 0x000000ff000000ff000000ff000000ff000000ff000000ff000000ff000000ff;

    function publish(bytes calldata data) external returns (address model) {
        if (data.length > MAX_BYTES) revert ModelTooLarge(data.length, MAX_BYTES);
        _check(data);
        // Creation code that returns what follows it: PUSH2 size, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN.
        bytes memory code = abi.encodePacked(hex"61", uint16(data.length + 1), hex"80600a5f395ff3", hex"00", data);
        // EIP-1014: the address follows from the bytes, so that no reorganisation can put another model there.
        model = address(uint160(uint256(keccak256(abi.encodePacked(hex"ff", this, bytes32(0), keccak256(code))))));
        if (model.code.length != 0) return model;
        assembly ("memory-safe") {
            model := create2(0, add(code, 0x20), mload(code), 0)
        }
        if (model == address(0)) revert NotStored();
        emit SmallModelPublished(model, msg.sender, data.length);
    }

    function classify(address model, bytes calldata input)
        external
        view
        returns (uint256 best, int256[] memory scores)
    {
        bytes memory data = _load(model);
        (uint256 layers, uint256 inputs) = _check(data);
        if (input.length != inputs) revert WrongInputLength(input.length, inputs);
        bytes memory read = input;
        uint256 offset = HEADER;
        while (true) {
            scores = _layer(data, offset, read);
            if (--layers == 0) break;
            offset += LAYER_HEADER + scores.length * (OUTPUT + read.length);
            read = _bytesOf(scores);
        }
        for (uint256 i = 1; i < scores.length; ++i) {
            if (scores[i] > scores[best]) best = i;
        }
    }

    /// @dev The model's bytes, without the zero in front.
    function _load(address model) private view returns (bytes memory data) {
        uint256 size = model.code.length;
        if (size == 0) revert NotAModel(model);
        data = new bytes(size - 1);
        uint256 first;
        assembly ("memory-safe") {
            extcodecopy(model, 0, 0, 1)
            first := byte(0, mload(0))
            extcodecopy(model, add(data, 0x20), 1, sub(size, 1))
        }
        if (first != 0) revert NotAModel(model);
    }

    /// @dev Walks over the layers. What passes is computed without a look past its end.
    function _check(bytes memory data) private pure returns (uint256 layers, uint256 inputs) {
        if (data.length < HEADER) revert MalformedModel(data.length);
        if (_word(data, 0) >> 248 != VERSION) revert MalformedModel(0);
        layers = uint8(data[1]);
        if (layers == 0 || layers > MAX_LAYERS) revert MalformedModel(1);
        inputs = uint16(_word(data, 2) >> 240);
        uint256 offset = HEADER;
        uint256 wide = inputs;
        if (wide == 0) revert MalformedModel(2);
        for (uint256 left = layers; left != 0; --left) {
            if (data.length < offset + LAYER_HEADER) revert MalformedModel(data.length);
            (uint256 outputs, int256 lo, int256 hi) = _layerHeader(data, offset);
            if (outputs == 0) revert MalformedModel(offset);
            // What another layer reads is a byte.
            if (lo > hi || (left != 1 && (lo < 0 || hi > 255))) revert MalformedModel(offset + 2);
            offset += LAYER_HEADER + outputs * (OUTPUT + wide);
            wide = outputs;
        }
        if (data.length != offset) revert MalformedModel(offset < data.length ? offset : data.length);
    }

    function _layerHeader(bytes memory data, uint256 offset)
        private
        pure
        returns (uint256 outputs, int256 lo, int256 hi)
    {
        uint256 word = _word(data, offset);
        outputs = word >> 240;
        lo = int64(uint64(word >> 176));
        hi = int64(uint64(word >> 112));
    }

    function _layer(bytes memory data, uint256 offset, bytes memory read)
        private
        pure
        returns (int256[] memory outputs)
    {
        (uint256 count, int256 lo, int256 hi) = _layerHeader(data, offset);
        outputs = new int256[](count);
        offset += LAYER_HEADER;
        unchecked {
            uint256 weights = offset + count * OUTPUT;
            uint256 shared = _zeroOf(read);
            for (uint256 first; first < count; first += 32) {
                uint256[4] memory lanes = _sums(data, weights + first, count, read);
                uint256 end = first + 32 < count ? first + 32 : count;
                for (uint256 i = first; i < end; ++i) {
                    uint256 place = i - first;
                    uint256 sum = uint32(lanes[place & 3] >> (224 - 32 * (place >> 2)));
                    int256 value = _rescale(int256(sum) - int256(shared), _word(data, offset + i * OUTPUT));
                    outputs[i] = value < lo ? lo : value > hi ? hi : value;
                }
            }
        }
    }

    /// @dev What every sum holds too much, as weights are stored with `ZERO_WEIGHT` added.
    function _zeroOf(bytes memory read) private pure returns (uint256 sum) {
        unchecked {
            for (uint256 i; i < read.length; ++i) {
                sum += uint8(read[i]);
            }
            return ZERO_WEIGHT * sum;
        }
    }

    /// @dev Sums of products for 32 outputs at once: their weights for one input stand in one word, of which every fourth byte is spread over
    /// lanes of 32 bits, so that four multiplications make 32 products. Right because lanes never carry into each other: a sum is at most
    /// 65,535 inputs · 255 · 255 = 4,261,413,375 < 2^32. Where a row has fewer than 32 bytes left, the word holds bytes of what follows too:
    /// these come to lanes of their own, which nobody reads, and obey the same bound. An input of 0 adds nothing and is passed over.
    /// @param column Where the first of the 32 weights for the first input stands.
    /// @param row Bytes from there to those for the next input.
    /// @return lanes Output 4·q + r is lane q, counted from the left, of lanes[r].
    function _sums(bytes memory data, uint256 column, uint256 row, bytes memory read)
        private
        pure
        returns (uint256[4] memory lanes)
    {
        assembly ("memory-safe") {
            let weights := add(add(data, 0x20), column)
            let from := add(read, 1) // a word that starts here ends with the first input
            let end := add(from, mload(read))
            let a := 0
            let b := 0
            let c := 0
            let d := 0
            for {} lt(from, end) {
                from := add(from, 1)
                weights := add(weights, row)
            } {
                let x := and(mload(from), 0xff)
                if x {
                    let word := mload(weights)
                    a := add(a, mul(x, and(shr(24, word), LANES)))
                    b := add(b, mul(x, and(shr(16, word), LANES)))
                    c := add(c, mul(x, and(shr(8, word), LANES)))
                    d := add(d, mul(x, and(word, LANES)))
                }
            }
            mstore(lanes, a)
            mstore(add(lanes, 0x20), b)
            mstore(add(lanes, 0x40), c)
            mstore(add(lanes, 0x60), d)
        }
    }

    /// @dev (sum · multiplier + bias) / 2^shift, rounded to the nearest, of two the even one. |sum| < 2^32 and the others are within 64 bits, so the
    /// numerator is within 98 bits; with a shift of up to 255 its remainder, and what is halfway, fit too.
    /// @param word Starts with an output's multiplier, bias and shift.
    function _rescale(int256 sum, uint256 word) private pure returns (int256 value) {
        unchecked {
            int256 numerator = sum * int64(uint64(word >> 192)) + int64(uint64(word >> 128));
            uint256 shift = uint8(word >> 120);
            if (shift == 0) return numerator;
            value = numerator >> shift; // towards minus infinity
            uint256 remainder = uint256(numerator) & ((1 << shift) - 1);
            uint256 half = 1 << (shift - 1);
            if (remainder > half || (remainder == half && value & 1 == 1)) ++value;
        }
    }

    /// @dev Of numbers that are bytes: `_check` has seen that the bounds of a hidden layer are.
    function _bytesOf(int256[] memory numbers) private pure returns (bytes memory packed) {
        packed = new bytes(numbers.length);
        unchecked {
            for (uint256 i; i < numbers.length; ++i) {
                packed[i] = bytes1(uint8(uint256(numbers[i])));
            }
        }
    }

    /// @dev The 32 bytes from `offset` on. Past the end of `data` they are whatever memory holds: callers use none of those.
    function _word(bytes memory data, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(data, 0x20), offset))
        }
    }
}
