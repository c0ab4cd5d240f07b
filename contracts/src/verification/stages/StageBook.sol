// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IProviderRegistry} from "../../interfaces/IProviderRegistry.sol";
import {IStages} from "../../interfaces/IStages.sol";
import {IStepStages} from "../../interfaces/IStepStages.sol";
import {ITaskStages} from "../../interfaces/ITaskStages.sol";
import {SameCall} from "../../libraries/SameCall.sol";
import {Game, Stage} from "../../types/Dispute.sol";
import {Receipt} from "../../types/Market.sol";

/// @title Which composed tasks are judged
/// @notice See IStages. What stands here when it is deployed stands here for ever.
contract StageBook is IStages {
    error WrongLength(uint256 given, uint256 expected);
    error ZeroAddress();

    IProviderRegistry public immutable providerRegistry;
    mapping(bytes32 profile => ITaskStages) public taskOf;

    /// @param providerRegistry_ Where a receipt's offer says its profile. @param profiles keccak256 of their names.
    /// @param tasks For each what derives its stages.
    constructor(IProviderRegistry providerRegistry_, bytes32[] memory profiles, ITaskStages[] memory tasks) {
        if (address(providerRegistry_) == address(0)) revert ZeroAddress();
        if (tasks.length != profiles.length) revert WrongLength(tasks.length, profiles.length);
        providerRegistry = providerRegistry_;
        for (uint256 i; i < profiles.length; ++i) {
            if (address(tasks[i]) == address(0)) revert ZeroAddress();
            taskOf[profiles[i]] = tasks[i];
        }
    }

    function challengeStage(Receipt calldata receipt, bytes calldata, uint256 place, bytes calldata opening)
        external
        view
        returns (Stage memory)
    {
        return _taskOf(receipt).stageOf(receipt, place, opening);
    }

    function proveMalformed(Receipt calldata receipt, bytes calldata, bytes calldata opening) external view {
        _taskOf(receipt).requireMalformed(receipt, opening);
    }

    function enter(
        uint256,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata,
        uint256 place,
        bytes calldata opening
    ) external view returns (Stage memory) {
        return IStepStages(address(_taskOf(receipt))).runOf(state, place, opening);
    }

    function proveStep(uint256, Game calldata, Receipt calldata receipt, bytes calldata, bytes calldata) external view {
        SameCall.ask(address(_taskOf(receipt)));
    }

    function knows(bytes32 profile) external view returns (bool) {
        return address(taskOf[profile]) != address(0);
    }

    function _taskOf(Receipt calldata receipt) private view returns (ITaskStages task) {
        bytes32 profile = providerRegistry.profileOf(receipt.offerId);
        task = taskOf[profile];
        if (address(task) == address(0)) revert UnknownProfile(profile);
    }
}
