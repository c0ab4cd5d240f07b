// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../src/interfaces/IDisputeErrors.sol";
import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {IStages} from "../../src/interfaces/IStages.sol";
import {Exhibit, Game, Phase, Stage} from "../../src/types/Dispute.sol";
import {Offer, Receipt} from "../../src/types/Market.sol";
import {GameTest, Play} from "./GameTest.sol";
import {StandInStages} from "./StandInStages.sol";
import {StandInSteps} from "./StandInSteps.sol";
import {Run, World, Worlds} from "./Worlds.sol";

/// @title Games about steps between graphs
contract StepGamesTest is GameTest {
    bytes32 private constant STEPPED = keccak256("stoa/exact/1/stepped");
    bytes32 private constant STEPS = keccak256("steps");
    uint64 private constant ELEMENT = 3;
    bytes32 private steppedOffer;

    function setUp() public override {
        super.setUp();
        World memory w = world;
        Worlds.bind(w, Worlds.fileOf("generate", sha256(w.graph)));
        world = w;
        models.publish(modelOwner, "card", w.weights, OWNER_SHARE_PPM, 500);
        Offer memory offer = registry.getOffer(exactOffer);
        (offer.modelId, offer.profile) = (3, STEPPED);
        steppedOffer = createOffer(offer);
    }

    function deployStages() internal override returns (IStages) {
        (bytes32[] memory profiles, address[] memory tasks) = (new bytes32[](2), new address[](2));
        (profiles[0], tasks[0]) = (COMPOSED, address(new StandInStages()));
        (profiles[1], tasks[1]) = (STEPPED, address(new StandInSteps()));
        return IStages(deploy("StageBook", abi.encode(registry, profiles, tasks)));
    }

    function longest() internal pure override returns (uint32) {
        return 3;
    }

    function test_AWrongStepConvicts() public {
        (Play memory play, Stage memory steps) = beginSteps(truth());
        refuse(proofOf(play, steps, "wrong"), IDisputeErrors.WrongPhase.selector); // the seller's turn
        answer(play);
        refuse(proofOf(play, steps, "right"), IDisputeErrors.NothingProved.selector);
        steps.requestDigest = "another";
        refuse(proofOf(play, steps, "wrong"), IGraphArbiter.WrongSubject.selector);
        steps.requestDigest = play.receipt.requestDigest;
        convict(play, proofOf(play, steps, "wrong"), IGraphArbiter.Ground.Step);
    }

    function test_AProofAboutStepsHoldsInEveryTurnOfTheChallengers() public {
        (Play memory play, Stage memory steps) = beginSteps(truth());
        walkTo(play, 0, ELEMENT);
        convict(play, proofOf(play, steps, "wrong"), IGraphArbiter.Ground.Step);
    }

    function test_EntriesOfStepsHaveNamesOfTheirOwn() public {
        Run memory run = truth();
        run.headers[0] = abi.encodePacked(uint8(5), "image", uint8(0), uint8(1), uint32(10));
        (Play memory play,) = beginSteps(run);
        walkTo(play, 0, 0);
        vm.assertEq(uint256(play.state.phase), uint256(Phase.Examine), "examined");
        run = truth();
        run.headers[0] = abi.encodePacked(uint8(5), "image", uint8(0), uint8(1), uint32(10));
        play = begin(run);
        answer(play);
        descendTo(play, 0, 0);
        (bytes32[] memory nodes, bytes memory data) = openingOf(play);
        vm.prank(play.state.provider);
        vm.expectRevert(IGraphArbiter.WrongName.selector);
        arbiter.open(play.game, play.state, run.headers[0], nodes, data);
    }

    function test_ProofsAboutFormulasDontHold() public {
        (Play memory play, Stage memory steps) = beginSteps(lie(0, ELEMENT));
        walkTo(play, 0, ELEMENT);
        refuse(elementOf(play, ELEMENT, steps), bytes4(keccak256("MalformedModel()")));
        Exhibit memory exhibit = exhibitOf(play);
        exhibit.signature = bytes.concat(exhibit.signature, abi.encode(steps));
        refuse(
            abi.encodeCall(arbiter.dispute, (play.game, play.state, exhibit, ELEMENT)),
            bytes4(keccak256("MalformedModel()"))
        );
    }

    function test_AGameGoesOnAboutARun() public {
        (Play memory play, Stage memory steps) = beginSteps(truth());
        answer(play);
        Stage memory run = runStage(play);
        bytes memory signature = bytes.concat(signReceipt(play.receipt), abi.encode(steps));
        vm.expectEmit();
        emit IGraphArbiter.Staged(play.game, 2, run);
        vm.prank(challenger);
        play.state = arbiter.enter(play.game, play.state, play.receipt, signature, 2, abi.encode(run));
        vm.assertEq(uint256(play.state.phase), uint256(Phase.Commit), "to commit");
        vm.assertEq(play.state.folds, keccak256("run"), "no steps");
        play.run = lie(0, ELEMENT);
        walkTo(play, 0, ELEMENT);
        refuse(elementOf(play, ELEMENT, steps), IGraphArbiter.WrongSubject.selector);
        refuse(elementOf(play, ELEMENT + 1, run), IDisputeErrors.NothingProved.selector);
        convict(play, elementOf(play, ELEMENT, run), IGraphArbiter.Ground.Element);
    }

    function test_OnlyFromStepsAndInTurn() public {
        (Play memory play, Stage memory steps) = beginSteps(truth());
        Stage memory run = runStage(play);
        refuse(entering(play, steps, 0, run), IDisputeErrors.WrongPhase.selector);
        answer(play);
        bytes memory call = entering(play, steps, 0, run);
        (bool success, bytes memory reason) = address(arbiter).call(call);
        vm.assertTrue(!success && bytes4(reason) == IGraphArbiter.NotChallenger.selector, "somebody else");
        refuse(entering(play, run, 0, run), IGraphArbiter.WrongSubject.selector);
        refuse(entering(play, steps, 5, run), bytes4(keccak256("NoSuchStage(uint256)")));
        vm.prank(challenger);
        (success,) = address(arbiter).call(call);
        vm.assertTrue(success, "entered");
        Play memory graph = begin(truth());
        answer(graph);
        refuse(entering(graph, steps, 0, run), IGraphArbiter.NoSteps.selector);
        Game memory forged = copyOf(graph.state);
        forged.folds = STEPS;
        graph.state = forged;
        refuse(entering(graph, steps, 0, run), IGraphArbiter.WrongState.selector);
    }

    function beginSteps(Run memory run) private returns (Play memory play, Stage memory steps) {
        play.run = run;
        play.receipt = receiptOf(run);
        play.receipt.offerId = steppedOffer;
        play.receipt.lane = uint64(arbiter.gameCount() + 1);
        bytes memory signature = signReceipt(play.receipt);
        steps = Stage(STEPS, play.receipt.requestDigest, play.receipt.responseDigest);
        vm.prank(challenger);
        (play.game, play.state) = arbiter.challengeStage(play.receipt, signature, 0, "");
        vm.assertEq(play.state.folds, STEPS, "steps");
    }

    function runStage(Play memory play) private view returns (Stage memory) {
        return Stage(keccak256("generate"), listDigest(request), play.receipt.responseDigest);
    }

    function proofOf(Play memory play, Stage memory stage, bytes memory proof) private view returns (bytes memory) {
        bytes memory signature = bytes.concat(signReceipt(play.receipt), abi.encode(stage));
        return abi.encodeCall(arbiter.proveStep, (play.game, play.state, play.receipt, signature, proof));
    }

    function entering(Play memory play, Stage memory stage, uint256 place, Stage memory run)
        private
        view
        returns (bytes memory)
    {
        bytes memory signature = bytes.concat(signReceipt(play.receipt), abi.encode(stage));
        return abi.encodeCall(arbiter.enter, (play.game, play.state, play.receipt, signature, place, abi.encode(run)));
    }

    function elementOf(Play memory play, uint64 element, Stage memory stage) private view returns (bytes memory) {
        Exhibit memory exhibit = exhibitOf(play);
        exhibit.signature = bytes.concat(exhibit.signature, abi.encode(stage));
        return abi.encodeCall(
            arbiter.proveElement, (play.game, play.state, exhibit, element, leafProofOf(play, element), play.folds)
        );
    }
}
