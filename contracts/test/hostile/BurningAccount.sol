// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Burns all gas that it is given.
contract BurningAccount {
    fallback() external {
        while (true) {}
    }
}
