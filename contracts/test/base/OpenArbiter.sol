// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IArbiter} from "../../src/interfaces/IArbiter.sol";
import {IProviderRegistry} from "../../src/interfaces/IProviderRegistry.sol";
import {Receipt} from "../../src/types/Market.sol";

/// @title An arbiter that convicts whenever it is told to
/// @notice Worse than any real one, which is the point: the registry must bound what even such an arbiter can take.
contract OpenArbiter is IArbiter {
    uint40 public immutable challengeWindow;
    uint40 public immutable longestGame;
    bytes32 private immutable _profile;

    constructor(uint40 challengeWindow_, uint40 longestGame_, bytes32 profile) {
        challengeWindow = challengeWindow_;
        longestGame = longestGame_;
        _profile = profile;
    }

    function judges(bytes32 profile) external view returns (bool) {
        return profile == _profile;
    }

    function convict(
        IProviderRegistry registry,
        Receipt calldata receipt,
        bytes calldata signature,
        address beneficiary,
        uint96 amount
    ) external returns (uint256 paid, uint256 burned) {
        return registry.slash(receipt, signature, beneficiary, amount);
    }
}
