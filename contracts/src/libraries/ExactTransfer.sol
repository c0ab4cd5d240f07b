// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

/// @title Token transfers that move what they say
/// @notice Ledgers here count token amounts themselves. A token that moves another amount than was asked for (a fee on transfer)
/// would make them lie, so it is refused in both directions by comparing balances.
library ExactTransfer {
    using SafeERC20 for IERC20;

    /// @param expected Wei that should have moved. @param received Wei that did.
    error UnsupportedToken(uint256 expected, uint256 received);

    /// @notice Pulls `amount` wei from `from`'s allowance into this contract.
    /// @return held Wei this contract holds afterwards.
    function pull(IERC20 token, address from, uint256 amount) internal returns (uint256 held) {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(from, address(this), amount);
        return requireReceived(token, before, amount);
    }

    /// @notice Pays `amount` wei to `to`, which must not be this contract.
    function push(IERC20 token, address to, uint256 amount) internal {
        uint256 before = token.balanceOf(address(this));
        token.safeTransfer(to, amount);
        requireSent(token, before, amount);
    }

    /// @notice Pays two accounts, neither of which is this contract, with one look at what is held before and one afterwards.
    function pushBoth(IERC20 token, address to, uint256 amount, address other, uint256 otherAmount) internal {
        uint256 before = token.balanceOf(address(this));
        token.safeTransfer(to, amount);
        token.safeTransfer(other, otherAmount);
        requireSent(token, before, amount + otherAmount);
    }

    /// @notice Reverts unless this contract holds exactly `amount` wei less than `before`.
    /// @return held Wei it holds.
    function requireSent(IERC20 token, uint256 before, uint256 amount) internal view returns (uint256 held) {
        held = token.balanceOf(address(this));
        if (held + amount != before) revert UnsupportedToken(amount, held < before ? before - held : 0);
    }

    /// @notice Reverts unless this contract holds exactly `amount` wei more than `before`.
    /// @return held Wei it holds.
    function requireReceived(IERC20 token, uint256 before, uint256 amount) internal view returns (uint256 held) {
        held = token.balanceOf(address(this));
        if (held != before + amount) revert UnsupportedToken(amount, held > before ? held - before : 0);
    }
}
