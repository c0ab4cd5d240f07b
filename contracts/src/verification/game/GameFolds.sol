// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Cuts} from "../../libraries/Cuts.sol";
import {FoldClaims} from "../../libraries/FoldClaims.sol";
import {PartTree} from "../../libraries/PartTree.sol";
import {SameCall} from "../../libraries/SameCall.sol";
import {Exhibit, FoldClaim, Game, PartProof, Phase} from "../../types/Dispute.sol";
import {GameVerdicts} from "./GameVerdicts.sol";

/// @title From an element down to one chunk of one of its folds
/// @dev Invariant: `folds` is the hash of runs of chunks, each with the states around it that the seller posted; the last state of a run that was picked
/// is part of what was posted before, and stays.
abstract contract GameFolds is GameVerdicts {
    using FoldClaims for FoldClaim[];

    function dispute(uint256 game, Game calldata state, Exhibit calldata exhibit, uint64 element)
        external
        returns (Game memory g)
    {
        g = _challengers(game, state, Phase.Examine, Phase.Examine);
        _requireSubject(g, exhibit.receipt, exhibit.signature);
        FoldClaim[] memory folds = abi.decode(SameCall.ask(address(proofs)), (FoldClaim[]));
        g.element = element;
        g.folds = folds.hash();
        _move(game, g, Phase.Fold);
        emit Disputed(game, g, folds);
    }

    function fold(uint256 game, Game calldata state, FoldClaim[] calldata folds, bytes calldata states)
        external
        returns (Game memory g)
    {
        g = _sellers(game, state, Phase.Fold, Phase.Refold);
        FoldClaim[] memory posted = folds.load(g.folds);
        bool again = g.phase == Phase.Refold;
        uint256 start;
        for (uint256 i; i < posted.length; ++i) {
            FoldClaim memory run = posted[i];
            (, uint256 parts) = Cuts.partsOf(run.chunks, posted.length);
            uint256 end;
            unchecked {
                end = start + parts * PartTree.STATE_BYTES;
            }
            if (end > states.length) revert WrongLength(states.length, end);
            (bytes32 root, int128 last) = PartTree.build(run.before, states[start:end]);
            if (again && last != run.last) revert LastStateChanged(last, run.last);
            (run.parts, run.last) = (root, last);
            start = end;
        }
        if (start != states.length) revert WrongLength(states.length, start);
        g.folds = posted.hash();
        _move(game, g, again ? Phase.PickSubpart : Phase.PickPart);
        emit Folded(game, g, posted, states);
    }

    function narrow(uint256 game, Game calldata state, FoldClaim[] calldata folds, PartProof calldata part)
        external
        returns (Game memory g)
    {
        g = _challengers(game, state, Phase.PickPart, Phase.PickSubpart);
        FoldClaim[] memory picked = new FoldClaim[](1);
        picked[0] = folds.load(g.folds).partOf(part);
        if (picked[0].chunks == 1) revert PartIsOneChunk();
        g.folds = picked.hash();
        _move(game, g, Phase.Refold);
        emit Narrowed(game, g, picked);
    }
}
