// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Does nothing, without a complaint, for every call that it does not know, as WETH9 does.
contract SwallowingToken {
    mapping(address => uint256) public balanceOf;

    function give(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    fallback() external {}
}
