// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {ERC3009} from "@openzeppelin/contracts/token/ERC20/extensions/draft-ERC3009.sol";

/// @title A stablecoin for local and test networks
/// @notice Six decimals and EIP-3009, like the dollars of real networks, so that nothing else has to change there. Worth nothing:
/// its minter makes as much as it likes.
contract StoaUSD is ERC20, ERC3009 {
    /// @notice The one account that may mint.
    address public immutable minter;

    error NotMinter(address sender, address minter);

    /// @param minter_ Who may mint. An argument rather than the sender: deployment goes through a CREATE2 factory.
    constructor(address minter_) ERC20("Stoa Test Dollar", "tUSD") EIP712("Stoa Test Dollar", "1") {
        minter = minter_;
    }

    /// @notice Makes `amount` units for `to`. Minter only.
    function mint(address to, uint256 amount) external {
        if (msg.sender != minter) revert NotMinter(msg.sender, minter);
        _mint(to, amount);
    }

    function decimals() public pure override returns (uint8) {
        return 6;
    }

    /// @notice EIP-3009 reads it from the token: the domain that authorizations are signed under.
    function DOMAIN_SEPARATOR() external view returns (bytes32) {
        return _domainSeparatorV4();
    }

    /// @notice Version of that domain, by the name that x402 facilitators read it.
    function version() external pure returns (string memory) {
        return "1";
    }
}
