// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title A token that does not pay everybody, as dollars with a list of sanctioned accounts
contract RefusingToken is ERC20 {
    /// @notice 0: pays. 1: reverts. 2: says no. 3: takes all gas.
    mapping(address account => uint256) public refusals;

    constructor() ERC20("Refusing", "REF") {}

    function refuse(address account, uint256 how) external {
        refusals[account] = how;
    }

    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        uint256 how = refusals[to];
        if (how == 2) return false;
        require(how != 1);
        while (how == 3) {}
        return super.transfer(to, amount);
    }
}
