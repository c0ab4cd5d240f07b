// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {FoldClaim, Game, LeafProof, Phase, Stage} from "../../src/types/Dispute.sol";
import {Receipt} from "../../src/types/Market.sol";
import {StepsMath} from "../verification/CheckedSteps.sol";
import {Play} from "../verification/GameTest.sol";
import {Trees} from "../verification/Trees.sol";
import {GameTables, Kind, Lie, Table} from "./GameTables.sol";

/// @title Sellers and challengers at work, many games at once
/// @notice Two sellers: an honest one that answers in time, and one that lies, or falls silent when it likes. Its challengers know the lie and play in
/// time; those of the honest one look anywhere, try every proof, and wait.
/// @dev Every move that is made must succeed and every false proof must fail: the profile fails on reverts. An action that makes no sense now is not
/// made.
contract GameHandler is GameTables {
    uint256 public constant MOST_GAMES = 8;

    uint256 public active;
    /// @notice Wei of the bonds of games that are on.
    uint256 public bonds;
    uint256 public convicted;
    uint256 public dismissed;
    /// @notice Moves of each kind that went through, so that a run which did nothing can be told.
    mapping(bytes32 kind => uint256) public done;

    function begin(uint256 random) external {
        if (active == MOST_GAMES) return;
        Table memory table = draw(random);
        Receipt memory receipt = receiptFor(table);
        if (registry.slashedFor(registry.receiptDigest(receipt)) != 0) return; // it can cost nothing more
        Play memory play = beginAt(table, receipt, random >> 136);
        keep(play, table, _tables.length);
        ++active;
        bonds += play.state.bond;
        ++done["begin"];
    }

    /// @notice The next move of whoever has the turn, if they are minded to make it.
    function step(uint256 which, uint256 random) public {
        which = pick(which);
        if (which == type(uint256).max) return;
        Table memory table = _tables[which];
        Play memory play = load(table);
        if (block.timestamp > deadlineOf(play.state)) return;
        bool lazy = random % 8 == 0;
        if (isSellers(play.state.phase)) {
            if (!isHonest(table) && lazy) return;
            answer(play);
            ++done["answer"];
        } else if (isHonest(table)) {
            if (lazy || !search(play, table, random >> 8)) return;
        } else {
            pursue(play, table);
        }
        keep(play, table, which);
    }

    /// @notice Time passes. Whoever plays in time has moved before it does.
    function pass(uint40 time, uint256 random) external {
        // Mostly little, or no liar would get far.
        time = uint40(bound(time, 1, random % 8 == 0 ? 2 * CLOCK : CLOCK / 8));
        for (uint256 i; i < _tables.length; ++i) {
            if (_tables[i].over) continue;
            Play memory play = load(_tables[i]);
            // The honest seller's turn, or that of the liar's challenger.
            if (isSellers(play.state.phase) == isHonest(_tables[i]) && block.timestamp + time > deadlineOf(play.state))
            {
                step(i, random | 1);
            }
        }
        vm.warp(block.timestamp + time);
        ++done["pass"];
    }

    /// @notice Ends a game whose clock has run out.
    function end(uint256 which) public {
        which = pick(which);
        if (which == type(uint256).max) return;
        Table memory table = _tables[which];
        Play memory play = load(table);
        if (block.timestamp <= deadlineOf(play.state)) return;
        if (isSellers(play.state.phase)) {
            vm.assertTrue(!isHonest(table), "an honest seller that answers in time never loses");
            arbiter.proveSilence(play.game, play.state, play.receipt, signatureOf(play));
            won(table);
            ++done["silence"];
        } else {
            vm.assertTrue(isHonest(table), "a challenger that knows the lie and plays in time never loses");
            arbiter.dismiss(play.game, play.state);
            over(table);
            ++dismissed;
            ++done["dismiss"];
        }
        keep(play, table, which);
    }

    /// @notice The liar takes its stake away as far as it may.
    function unbond(uint96 amount) external {
        uint96 staked = registry.getProvider(dishonest).stake;
        if (staked == 0) return;
        amount = uint96(bound(amount, 1, staked));
        vm.prank(dishonest);
        registry.unbond(amount);
        ++done["unbond"];
    }

    function judge() external view returns (IGraphArbiter) {
        return arbiter;
    }

    /// @notice The honest one.
    function seller() external view returns (address) {
        return provider;
    }

    /// @notice Ends all that can be ended; several times, since others may have time yet.
    function endAll() external {
        for (uint256 i; i < _tables.length; ++i) {
            if (!_tables[i].over) end(i);
        }
    }

    /// @dev A challenger that knows what is false goes there.
    function pursue(Play memory play, Table memory table) private {
        Phase phase = play.state.phase;
        if (isAboutSteps(play)) {
            pursueStep(play, table);
        } else if (table.lie == Lie.Output) {
            proveStep(play, StepsMath.OUTPUT);
            won(table);
            ++done["proveOutput"];
        } else if (phase == Phase.PickInTrace || phase == Phase.PickInTensor) {
            descendTo(play, table.entry, table.element);
            ++done["descend"];
        } else if (phase == Phase.Examine && table.entry == 4) {
            disputeElement(play, table.element);
            ++done["dispute"];
        } else if (phase == Phase.Examine || table.fold == 255) {
            proveElement(play, table.element);
            won(table);
            ++done["proveElement"];
        } else {
            pursueState(play, table);
        }
    }

    /// @dev Some have the false step opened first.
    function pursueStep(Play memory play, Table memory table) private {
        if (table.lie != Lie.Step) {
            enterRun(play);
        } else if (table.element % 2 == 0 || play.state.phase == Phase.Examine) {
            proveStep(play, falseStep(table));
            won(table);
            ++done["proveStep"];
        } else {
            descendTo(play, falseStep(table), 0);
        }
    }

    function enterRun(Play memory play) private {
        (Stage memory run, bytes memory opening) = claimedRun(play);
        bytes memory signature = signatureOf(play);
        vm.prank(play.state.challenger);
        play.state = arbiter.enter(play.game, play.state, play.receipt, signature, 0, opening);
        play.stage = abi.encode(run);
        ++done["enter"];
    }

    function proveStep(Play memory play, uint256 entry) private {
        bytes memory call = stepProof(play, entry);
        vm.prank(play.state.challenger);
        (bool success,) = address(arbiter).call(call);
        vm.assertTrue(success, "a wrong step convicts");
    }

    function stepProof(Play memory play, uint256 entry) private view returns (bytes memory) {
        (, bytes32 digest, bytes32[] memory path) = entryOf(play, entry);
        bytes memory signature = signatureOf(play);
        return abi.encodeCall(
            arbiter.proveStep, (play.game, play.state, play.receipt, signature, abi.encode(entry, digest, path))
        );
    }

    function pursueState(Play memory play, Table memory table) private {
        uint256 claim = play.folds[0].fold == table.fold ? 0 : 1;
        FoldClaim memory run = play.folds[claim];
        uint256 size = Trees.partSize(run.chunks, play.folds.length);
        uint256 part = (table.chunk - run.first) / size;
        uint256 rest = run.chunks - part * size;
        if (size == 1 || rest == 1) {
            proveChunk(play, claim, part);
            won(table);
            ++done["proveChunk"];
        } else {
            narrowTo(play, claim, part);
            ++done["narrow"];
        }
    }

    /// @dev A challenger that knows nothing looks anywhere, and tries what may not succeed.
    /// @return Whether it moved.
    function search(Play memory play, Table memory table, uint256 random) private returns (bool) {
        Phase phase = play.state.phase;
        if (isAboutSteps(play)) {
            attempt(play, stepProof(play, random % StepsMath.ENTRIES));
            if (phase == Phase.Examine) return false;
            if (phase == Phase.PickInTrace && random >> 8 & 1 == 0) enterRun(play);
            else descendTo(play, falseStep(table), 0);
        } else if (phase == Phase.PickInTrace || phase == Phase.PickInTensor) {
            if (table.kind == Kind.Steps) attempt(play, stepProof(play, StepsMath.OUTPUT));
            descendTo(play, table.entry, table.element);
        } else if (phase == Phase.Examine) {
            tryElement(play, table.element);
            if (table.entry != 4) return false;
            disputeElement(play, table.element);
        } else {
            if (phase == Phase.PickPart) tryElement(play, table.element);
            uint256 claim = random % play.folds.length;
            FoldClaim memory run = play.folds[claim];
            uint256 size = Trees.partSize(run.chunks, play.folds.length);
            uint256 part = (random >> 8) % Trees.ceilDiv(run.chunks, size);
            if (size == 1 || run.chunks - part * size == 1) {
                tryChunk(play, claim, part);
                return false;
            }
            narrowTo(play, claim, part);
        }
        ++done["search"];
        return true;
    }

    function tryElement(Play memory play, uint64 element) private {
        LeafProof memory leaf = leafProofOf(play, element);
        attempt(
            play,
            abi.encodeCall(arbiter.proveElement, (play.game, play.state, exhibitOf(play), element, leaf, play.folds))
        );
        attempt(play, abi.encodeCall(arbiter.proveHeader, (play.game, play.state, exhibitOf(play))));
    }

    function tryChunk(Play memory play, uint256 claim, uint256 part) private {
        attempt(
            play,
            abi.encodeCall(
                arbiter.proveChunk, (play.game, play.state, exhibitOf(play), play.folds, partProofOf(play, claim, part))
            )
        );
    }

    function attempt(Play memory play, bytes memory call) private {
        vm.prank(play.state.challenger);
        (bool success,) = address(arbiter).call(call);
        vm.assertTrue(!success, "nothing convicts an honest seller");
        ++done["refused"];
    }

    function won(Table memory table) private {
        over(table);
        ++convicted;
    }

    function over(Table memory table) private {
        table.over = true;
        --active;
        bonds -= load(table).state.bond;
    }

    /// @dev A game that is on, or the greatest number if none is.
    function pick(uint256 which) private view returns (uint256) {
        uint256 count = _tables.length;
        if (count == 0) return type(uint256).max;
        for (uint256 i; i < count; ++i) {
            uint256 place = (which % count + i) % count;
            if (!_tables[place].over) return place;
        }
        return type(uint256).max;
    }

    function deadlineOf(Game memory g) private pure returns (uint256) {
        return g.since + (isSellers(g.phase) ? g.sellerLeft : g.challengerLeft);
    }
}
