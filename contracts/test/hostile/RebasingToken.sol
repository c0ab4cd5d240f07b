// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token whose balances change without a transfer
contract RebasingToken is ERC20 {
    constructor() ERC20("Rebase", "RBS") {}

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function shrink(address account, uint256 amount) external {
        _burn(account, amount);
    }
}
