// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IProviderRegistry} from "../../src/interfaces/IProviderRegistry.sol";
import {Receipt} from "../../src/types/Market.sol";

/// @title An escrow that a provider names and that uses every moment it is called
contract HostileEscrow {
    address public target;
    bytes public data;
    /// @notice What its call amid `openOffer` came to.
    bool public entered;
    bytes public result;

    function aim(address target_, bytes calldata data_) external {
        (target, data) = (target_, data_);
    }

    function openOffer(bytes32, address, address) external {
        if (target != address(0)) (entered, result) = target.call(data);
    }

    function challengeWindow() external pure returns (uint40) {
        return 0;
    }

    function longestGame() external pure returns (uint40) {
        return 0;
    }

    function slash(IProviderRegistry registry, Receipt calldata receipt, bytes calldata signature) external {
        registry.slash(receipt, signature, address(this), type(uint96).max);
    }
}
