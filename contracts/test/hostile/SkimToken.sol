// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice Moves less than an authorization says. Asks for no signature: what it does afterwards is what is tested.
contract SkimToken {
    mapping(address => uint256) public balanceOf;
    uint256 private _skimmed;

    function skim(uint256 amount) external {
        _skimmed = amount;
    }

    function give(address to, uint256 amount) external {
        balanceOf[to] += amount;
    }

    function receiveWithAuthorization(
        address,
        address to,
        uint256 value,
        uint256,
        uint256,
        bytes32,
        uint8,
        bytes32,
        bytes32
    ) external {
        balanceOf[to] += value - _skimmed;
    }
}
