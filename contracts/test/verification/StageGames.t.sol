// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../src/interfaces/IDisputeErrors.sol";
import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {IStages} from "../../src/interfaces/IStages.sol";
import {ITaskStages} from "../../src/interfaces/ITaskStages.sol";
import {Exhibit, LeafProof, ResponseProof, Stage} from "../../src/types/Dispute.sol";
import {Offer, Receipt} from "../../src/types/Market.sol";
import {GameTest, Play} from "./GameTest.sol";
import {StandInStages} from "./StandInStages.sol";
import {Trees} from "./Trees.sol";
import {Run, World, Worlds} from "./Worlds.sol";

/// @title Games about one stage of a composed answer
/// @dev The answer has three stages, runs of the graph called `generate`; the second is what is played about.
contract StageGamesTest is GameTest {
    uint64 private constant ELEMENT = 3;
    bytes32 private composedOffer;

    function setUp() public override {
        super.setUp();
        World memory w = world;
        Worlds.bind(w, Worlds.fileOf("generate", sha256(w.graph)));
        world = w;
        models.publish(modelOwner, "card", w.weights, OWNER_SHARE_PPM, 500);
        Offer memory offer = registry.getOffer(exactOffer);
        (offer.modelId, offer.profile) = (3, COMPOSED);
        composedOffer = createOffer(offer);
    }

    function longest() internal pure override returns (uint32) {
        return 3;
    }

    function test_AWrongElementOfAStageConvicts() public {
        (Play memory play, Stage[] memory all) = beginStage(lie(0, ELEMENT), 1);
        walkTo(play, 0, ELEMENT);
        bytes[3] memory others = [bytes(""), abi.encode(all[0]), bytes.concat(abi.encode(all[1]), bytes32(0))];
        for (uint256 i; i < 3; ++i) {
            refuse(elementOf(play, ELEMENT, others[i]), IGraphArbiter.WrongSubject.selector);
        }
        refuse(elementOf(play, ELEMENT + 1, abi.encode(all[1])), IDisputeErrors.NothingProved.selector);
        convict(play, elementOf(play, ELEMENT, abi.encode(all[1])), IGraphArbiter.Ground.Element);
    }

    function test_ATrueStageIsNotConvicted() public {
        (Play memory play, Stage[] memory all) = beginStage(truth(), 1);
        walkTo(play, 0, ELEMENT);
        for (uint64 element; element < 10; ++element) {
            refuse(elementOf(play, element, abi.encode(all[1])), IDisputeErrors.NothingProved.selector);
        }
        refuse(countOf(play, abi.encode(all[1])), IDisputeErrors.NothingProved.selector);
        refuse(responseOf(play, responseDigests(truth()), abi.encode(all[1])), IDisputeErrors.NothingProved.selector);
    }

    function test_AnotherOutputThanTheTraceConvicts() public {
        Run memory run = truth();
        bytes32[] memory claimed = responseDigests(run);
        claimed[0] = "another tensor";
        (Play memory play, Stage[] memory all) = beginStage(run, claimed, 1);
        answer(play);
        // The receipt's own response is not the stage's.
        refuse(
            responseOf(play, responseDigests(run), abi.encode(all[1])), bytes4(keccak256("WrongList(bytes32,bytes32)"))
        );
        bytes32[] memory one = new bytes32[](1);
        one[0] = claimed[0];
        (play, all) = beginStage(run, one, 2);
        answer(play);
        convict(play, responseOf(play, one, abi.encode(all[2])), IGraphArbiter.Ground.Response);
    }

    function test_FoldsOfAStageAreDisputed() public {
        (Play memory play, Stage[] memory all) = beginStage(lie(4, 8 * ELEMENT), 1);
        walkTo(play, 4, ELEMENT);
        Exhibit memory exhibit = exhibitOf(play);
        vm.expectRevert(
            abi.encodeWithSelector(
                IGraphArbiter.WrongSubject.selector, registry.receiptDigest(play.receipt), play.state.subject
            )
        );
        vm.prank(challenger);
        arbiter.dispute(play.game, play.state, exhibit, ELEMENT);
        exhibit.signature = bytes.concat(exhibit.signature, abi.encode(all[1]));
        vm.prank(challenger);
        play.state = arbiter.dispute(play.game, play.state, exhibit, ELEMENT);
        play.folds = runsOf(4);
        answer(play);
        convict(play, elementOf(play, ELEMENT, abi.encode(all[1])), IGraphArbiter.Ground.Element);
    }

    function test_SilenceAboutAStageConvicts() public {
        (Play memory play, Stage[] memory all) = beginStage(truth(), 0);
        vm.warp(block.timestamp + CLOCK + 1);
        bytes memory signature = signReceipt(play.receipt);
        refuse(
            abi.encodeCall(arbiter.proveSilence, (play.game, play.state, play.receipt, signature)),
            IGraphArbiter.WrongSubject.selector
        );
        bytes memory whole = bytes.concat(signature, abi.encode(all[0]));
        convict(
            play,
            abi.encodeCall(arbiter.proveSilence, (play.game, play.state, play.receipt, whole)),
            IGraphArbiter.Ground.Silence
        );
    }

    function test_OnlyStagesThatThereAre() public {
        Stage[] memory all = stagesOf(truth(), responseDigests(truth()));
        Receipt memory receipt = composed(all);
        bytes memory signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(ITaskStages.NoSuchStage.selector, 3));
        arbiter.challengeStage(receipt, signature, 3, abi.encode(all));
        vm.expectRevert(StandInStages.NotShown.selector);
        arbiter.challengeStage(receipt, signature, 0, "other");
        vm.expectRevert(abi.encodeWithSelector(IGraphArbiter.NotJudgedHere.selector, composedOffer));
        arbiter.challenge(receipt, signature);
        receipt.offerId = exactOffer;
        signature = signReceipt(receipt);
        vm.expectRevert(abi.encodeWithSelector(IStages.UnknownProfile.selector, PROFILE));
        vm.prank(challenger);
        arbiter.challengeStage(receipt, signature, 0, abi.encode(all));
        vm.expectRevert(abi.encodeWithSelector(IStages.UnknownProfile.selector, PROFILE));
        arbiter.proveMalformed(receipt, signature, abi.encode(all));
    }

    function test_AMalformedResponseConvictsAtOnce() public {
        Stage[] memory none = new Stage[](0);
        Receipt memory receipt = composed(none);
        bytes memory signature = signReceipt(receipt);
        bytes memory opening = abi.encode(none);
        vm.expectEmit();
        emit IGraphArbiter.Convicted(
            0, registry.receiptDigest(receipt), challenger, IGraphArbiter.Ground.Malformed, SLASH_CAP / 2, SLASH_CAP / 2
        );
        vm.prank(challenger);
        arbiter.proveMalformed(receipt, signature, opening);
        Stage[] memory all = stagesOf(truth(), responseDigests(truth()));
        receipt = composed(all);
        signature = signReceipt(receipt);
        opening = abi.encode(all);
        vm.expectRevert(IDisputeErrors.NothingProved.selector);
        arbiter.proveMalformed(receipt, signature, opening);
    }

    function beginStage(Run memory run, uint256 place) private returns (Play memory, Stage[] memory) {
        return beginStage(run, responseDigests(run), place);
    }

    function beginStage(Run memory run, bytes32[] memory claimed, uint256 place)
        private
        returns (Play memory play, Stage[] memory all)
    {
        all = stagesOf(run, claimed);
        play.run = run;
        play.receipt = composed(all);
        bytes memory signature = signReceipt(play.receipt);
        vm.expectEmit();
        emit IGraphArbiter.Staged(arbiter.gameCount() + 1, place, all[place]);
        vm.prank(challenger);
        (play.game, play.state) = arbiter.challengeStage(play.receipt, signature, place, abi.encode(all));
    }

    /// @dev Three of them, of which the last two are runs of the model's graph.
    function stagesOf(Run memory, bytes32[] memory claimed) private view returns (Stage[] memory all) {
        all = new Stage[](3);
        bytes32 graph = keccak256("generate");
        all[0] = Stage(keccak256("decoder.onnx"), "request", "response");
        all[1] = Stage(graph, listDigest(request), listDigest(claimed));
        all[2] = Stage(graph, listDigest(request), listDigest(claimed));
    }

    function composed(Stage[] memory all) private view returns (Receipt memory receipt) {
        receipt = receiptOf(truth());
        receipt.offerId = composedOffer;
        receipt.lane = uint64(arbiter.gameCount() + 1);
        receipt.requestDigest = "composed request";
        receipt.responseDigest = keccak256(abi.encode(all));
    }

    function responseDigests(Run memory run) private view returns (bytes32[] memory) {
        return responseOf(world, run);
    }

    function elementOf(Play memory play, uint64 element, bytes memory stage) private view returns (bytes memory) {
        Exhibit memory exhibit = exhibitOf(play);
        exhibit.signature = bytes.concat(exhibit.signature, stage);
        return abi.encodeCall(
            arbiter.proveElement, (play.game, play.state, exhibit, element, leafProofOf(play, element), play.folds)
        );
    }

    function countOf(Play memory play, bytes memory stage) private view returns (bytes memory) {
        bytes memory signature = bytes.concat(signReceipt(play.receipt), stage);
        return
            abi.encodeCall(arbiter.proveCount, (play.game, play.state, play.receipt, signature, Worlds.opening(world)));
    }

    function responseOf(Play memory play, bytes32[] memory claimed, bytes memory stage)
        private
        view
        returns (bytes memory)
    {
        (bytes memory header, bytes memory data) = Worlds.outputOf(world, play.run, 0);
        bytes32[] memory digests = Worlds.digestsOf(play.run);
        ResponseProof memory proof;
        (proof.response, proof.header, proof.dataRoot) = (claimed, header, Trees.dataRoot(data));
        proof.leaf = LeafProof(Trees.leafAt(data, 0), new bytes32[](0));
        (proof.entryHeader, proof.entryRoot) = (play.run.headers[4], Trees.dataRoot(play.run.data[4]));
        proof.entryPath = Trees.path(digests, 0, 0, 4, Trees.depthOf(digests.length));
        proof.entryLeaf = proof.leaf;
        bytes memory signature = bytes.concat(signReceipt(play.receipt), stage);
        return abi.encodeCall(
            arbiter.proveResponse, (play.game, play.state, play.receipt, signature, Worlds.opening(world), proof)
        );
    }
}
