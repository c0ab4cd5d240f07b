// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that keeps a share of every transfer, or takes it on top
contract FeeToken is ERC20 {
    uint256 public feePpm;
    bool public onTop;

    constructor() ERC20("Fee", "FEE") {}

    function set(uint256 feePpm_, bool onTop_) external {
        (feePpm, onTop) = (feePpm_, onTop_);
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0) || to == address(0) || feePpm == 0) return;
        super._update(onTop ? from : to, address(0), amount * feePpm / 1e6);
    }
}
