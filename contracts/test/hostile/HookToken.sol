// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that calls somebody amid every transfer, as ERC-777 does
contract HookToken is ERC20 {
    address public target;
    bytes public data;
    /// @notice Whether the last call went through.
    bool public entered;

    constructor() ERC20("Hook", "HOOK") {}

    /// @notice From now on calls `target` with `data` once, in the next transfer. Zero for nobody.
    function hook(address target_, bytes calldata data_) external {
        (target, data, entered) = (target_, data_, false);
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (target == address(0)) return;
        address called = target;
        target = address(0);
        (entered,) = called.call(data);
    }
}
