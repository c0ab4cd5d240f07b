// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Claims, Evidence, IFormulas, TensorOpening} from "../../../src/interfaces/IFormulas.sol";
import {Deploy} from "../../base/Deploy.sol";

/// @dev Formulas that no exact graph has: they revert, and say why, or are computed.
contract HostileFormulasTest is Deploy {
    /// @dev What a block has for all of its transactions; no formula here may take so much.
    uint256 private constant GAS = 30_000_000;

    IFormulas private formulas;
    Claims private nothing;
    Evidence private none;

    function setUp() public {
        formulas = IFormulas(deploy("Formulas", ""));
    }

    function testFuzz_BytesAreNoFormula(bytes calldata formula) public view {
        this.ask(formula);
    }

    /// @dev Nodes that exist, with anything in them.
    function testFuzz_NodesOfAnyContent(uint256 seed) public view {
        this.ask(bytes.concat(hex"00", node(seed, 6)));
    }

    function testFuzz_NamesOfAnyNodes(uint256 seed) public view {
        bytes memory formula = bytes.concat(hex"0900", node(seed, 3));
        for (uint256 i; i < 12; ++i) {
            formula = bytes.concat(hex"10", formula, hex"0a00");
        }
        this.ask(bytes.concat(hex"00", formula));
    }

    /// @dev 2^14 additions if what is named were computed each time that it is read.
    function test_ComputesWhatIsNamedOnce() public view {
        bytes memory formula = hex"040000000000000000000001";
        for (uint8 i; i < 14; ++i) {
            formula = bytes.concat(hex"1009", bytes1(i), formula, hex"0a", bytes1(i));
        }
        uint256 before = gasleft();
        vm.assertEq(this.element(bytes.concat(hex"00", formula)), 2 ** 14, "sum");
        vm.assertLt(before - gasleft(), 200_000, "gas");
    }

    function test_NestsNoDeeperThanThePageSays() public {
        bytes memory formula = hex"040000000000000000000001";
        for (uint256 i; i < 40; ++i) {
            formula = bytes.concat(hex"1e", formula);
        }
        vm.expectRevert(abi.encodeWithSelector(IFormulas.MalformedFormula.selector, 35));
        this.element(bytes.concat(hex"00", formula));
    }

    function test_AgainBeforeNamed() public {
        vm.expectRevert(abi.encodeWithSelector(IFormulas.MalformedFormula.selector, 3));
        this.element(hex"000a00");
    }

    function test_AsksForTensorsThatItReads() public {
        vm.expectRevert(abi.encodeWithSelector(IFormulas.TensorMissing.selector, 1, 7));
        this.element(hex"000100000007");
        vm.expectRevert(abi.encodeWithSelector(IFormulas.TensorMissing.selector, 2, 3));
        this.element(hex"000203");
    }

    function test_OpensNothingThatWasNotClaimed() public {
        Evidence memory evidence;
        evidence.tensors = new TensorOpening[](1);
        evidence.tensors[0].kind = 2;
        evidence.tensors[0].header = hex"0178000100000001";
        vm.expectRevert(abi.encodeWithSelector(IFormulas.WrongTensorOpening.selector, 0));
        formulas.elementOf(hex"000200", dims(), 0, new int128[](0), nothing, evidence);
        evidence.tensors[0].kind = 1;
        vm.expectRevert(abi.encodeWithSelector(IFormulas.WrongTensorOpening.selector, 0));
        formulas.elementOf(hex"000100000000", dims(), 0, new int128[](0), nothing, evidence);
    }

    function test_ElementsAreWithinDimensions() public {
        vm.expectRevert(abi.encodeWithSelector(IFormulas.NoSuchElement.selector, 1));
        formulas.elementOf(hex"00040000000000000000000000", dims(), 1, new int128[](0), nothing, none);
        uint32[] memory nine = new uint32[](9);
        vm.expectRevert(abi.encodeWithSelector(IFormulas.NoSuchElement.selector, 0));
        formulas.elementOf(hex"00040000000000000000000000", nine, 0, new int128[](0), nothing, none);
    }

    /// @dev Computes, or reverts with words of its own or a panic, in less than a block.
    function ask(bytes calldata formula) external view {
        bytes memory call = abi.encodeCall(formulas.elementOf, (formula, dims(), 0, new int128[](0), nothing, none));
        (bool ok, bytes memory said) = address(formulas).staticcall{gas: GAS}(call);
        vm.assertTrue(said.length >= 4, ok ? "an answer" : "a reason");
    }

    function element(bytes calldata formula) external view returns (int256) {
        return formulas.elementOf(formula, dims(), 0, new int128[](0), nothing, none);
    }

    function dims() private pure returns (uint32[] memory one) {
        one = new uint32[](1);
        one[0] = 1;
    }

    /// @dev A node by a seed, its operands at most `depth` deep.
    function node(uint256 seed, uint256 depth) private pure returns (bytes memory made) {
        uint256 choice = uint8(seed);
        seed = uint256(keccak256(abi.encode(seed)));
        if (depth == 0 || choice < 40) return leaf(seed);
        uint256 operands;
        (made, operands) = head(choice, seed);
        for (uint256 i; i < operands; ++i) {
            made = bytes.concat(made, node(uint256(keccak256(abi.encode(seed, i))), depth - 1));
        }
    }

    function leaf(uint256 seed) private pure returns (bytes memory) {
        if (seed % 3 == 0) return bytes.concat(hex"04", bytes1(uint8(seed >> 8) % 5), hex"fffe", bytes8(small(seed)));
        uint8 count = uint8(seed >> 16) % 4;
        bytes memory list = bytes.concat(hex"05", bytes1(count));
        for (uint256 i; i < count; ++i) {
            list = bytes.concat(list, bytes8(small(seed >> (8 * i))));
        }
        return list;
    }

    function small(uint256 seed) private pure returns (uint64) {
        return seed % 7 == 0 ? uint64(seed >> 64) : uint64(int64(int256(seed >> 40) % 5 - 1));
    }

    function head(uint256 choice, uint256 seed) private pure returns (bytes memory, uint256 operands) {
        bytes1 axis = bytes1(uint8(seed) % 3);
        bytes memory window =
            abi.encodePacked(uint64(seed) & 0x0001000200010001, uint64(seed >> 64) & 0x0001000100010001);
        choice %= 36;
        if (choice < 11) return (abi.encodePacked(uint8(0x10 + choice)), 2);
        if (choice < 16) return (abi.encodePacked(uint8(0x1b + choice - 11)), 1);
        if (choice == 16) return (abi.encodePacked(uint8(0x20), int16(-3), int64(-9), int64(uint64(seed >> 1))), 1);
        if (choice == 17) return (abi.encodePacked(uint8(0x21), int16(-24), uint64(seed), uint64(seed >> 64)), 1);
        if (choice == 18) return (hex"22", 3);
        if (choice == 19) return (hex"30", 2);
        if (choice == 20) return (bytes.concat(hex"3102", axis, bytes1(uint8(seed >> 8) % 3)), 1);
        if (choice == 21) return (bytes.concat(hex"32", axis, hex"02"), 2);
        if (choice == 22) return (bytes.concat(hex"3301", axis, bytes4(uint32(seed))), 3);
        if (choice == 23) return (bytes.concat(hex"34", axis, bytes2(uint16(seed)), hex"01"), 2);
        if (choice == 24) return (bytes.concat(hex"3501", axis), 1);
        if (choice == 25) return (bytes.concat(hex"3602", axis, bytes1(uint8(seed >> 8) % 9)), 1);
        if (choice == 26) return (hex"37", 2);
        if (choice == 27) return (bytes.concat(hex"3801", axis), 2);
        if (choice == 28) return (bytes.concat(hex"39", axis), 2);
        if (choice == 29) return (hex"06", 1);
        if (choice == 30) return (hex"07", 3);
        if (choice == 31) return (bytes.concat(hex"40", hex"0000000900000001", window, hex"00"), 2);
        if (choice == 32) return (bytes.concat(hex"41", hex"00000009", window, hex"00"), 2);
        if (choice == 33) return (bytes.concat(hex"42", bytes4(uint32(seed % 5000))), 2);
        if (choice == 34) return (bytes.concat(bytes1(uint8(0x44 + seed % 3)), hex"000000090001", axis), 1);
        return (bytes.concat(hex"47", hex"0000000900", axis), 1);
    }
}
