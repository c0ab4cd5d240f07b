// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Vm} from "./Vm.sol";

/// @title What every test stands on
abstract contract Test {
    /// @dev forge puts its cheatcodes at the last 20 bytes of keccak256("hevm cheat code").
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev forge asks: this contract is a test.
    bool public IS_TEST = true;

    /// @dev `value` folded into [low, high]. Unlike assumptions it wastes no fuzz run.
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        if (value >= low && value <= high) return value;
        uint256 span = high - low + 1;
        return span == 0 ? value : low + value % span;
    }
}
