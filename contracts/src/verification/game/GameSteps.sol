// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {SameCall} from "../../libraries/SameCall.sol";
import {Subjects} from "../../libraries/Subjects.sol";
import {Game, Phase, Stage} from "../../types/Dispute.sol";
import {Receipt} from "../../types/Market.sol";
import {GameVerdicts} from "./GameVerdicts.sol";

/// @title Games about what stands between graphs
/// @dev Invariant: `folds` is `STEPS` exactly while the game is about steps. Whoever enters a run leaves the steps for good, so a game does so once at most.
abstract contract GameSteps is GameVerdicts {
    function enter(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        uint256 place,
        bytes calldata
    ) external returns (Game memory g) {
        g = _challengers(game, state, Phase.PickInTrace, Phase.PickInTrace);
        if (g.folds != Subjects.STEPS) revert NoSteps();
        bytes32 digest = _requireSubject(g, receipt, signature);
        Stage memory stage = abi.decode(SameCall.ask(address(stages)), (Stage));
        g.subject = Subjects.join(digest, keccak256(abi.encode(stage)));
        (g.folds, g.index, g.entry) = (Subjects.RUN, 0, 0);
        _move(game, g, Phase.Commit);
        emit Staged(game, place, stage);
        emit Entered(game, g);
    }

    function proveStep(
        uint256 game,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata
    ) external nonReentrant {
        Game memory g = _provable(game, state);
        bytes32 digest = _requireSubject(g, receipt, signature);
        SameCall.ask(address(stages));
        _convict(game, g, digest, receipt, signature, Ground.Step);
    }
}
