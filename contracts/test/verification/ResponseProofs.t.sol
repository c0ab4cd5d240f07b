// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../src/interfaces/IDisputeErrors.sol";
import {IGraphArbiter} from "../../src/interfaces/IGraphArbiter.sol";
import {LeafProof, ResponseProof} from "../../src/types/Dispute.sol";
import {Receipt} from "../../src/types/Market.sol";
import {GameTest, Play} from "./GameTest.sol";
import {StandIn} from "./StandInFormulas.sol";
import {Trees} from "./Trees.sol";
import {Run, World, Worlds} from "./Worlds.sol";

/// @title A response beside the trace that it should follow from
/// @dev Output 0 is entry 4, of rank 2; output 1 is entry 1, of rank 4; output 2 is entry 2, of several leaves.
contract ResponseProofsTest is GameTest {
    /// @dev A response tensor as it was sent.
    struct Sent {
        bytes header;
        bytes data;
    }

    function longest() internal pure override returns (uint32) {
        return 3;
    }

    function outputs() internal pure override returns (uint32[] memory entries) {
        entries = new uint32[](3);
        (entries[0], entries[1], entries[2]) = (4, 1, 2);
    }

    /// @dev Every element of every output, changed in the response alone, is found in the entry where the other order puts it.
    function test_AnyElementOfAnyOutputConvicts() public {
        uint256[3] memory counts = [uint256(21), 24, 600];
        for (uint256 output; output < 3; ++output) {
            uint256 step = output == 2 ? 299 : 5;
            for (uint256 element; element < counts[output]; element += step) {
                Sent[] memory sent = honest();
                uint256 size = sent[output].data.length / counts[output];
                sent[output].data[thereOf(output, element) * size] ^= 0x01;
                Play memory play = committed(sent);
                refuse(
                    play,
                    proofOf(play, sent, output, (element + 1) % counts[output]),
                    IDisputeErrors.NothingProved.selector
                );
                convict(play, proofOf(play, sent, output, element));
                addStake(provider, SLASH_CAP);
            }
        }
    }

    function test_AnotherTypeShapeOrNumberConvicts() public {
        Sent[] memory sent = honest();
        sent[1].header = Worlds.headerOf("y1", 0, dimsOf(1, 2, 3, 4)); // as long, another type
        Play memory play = committed(sent);
        convict(play, proofOf(play, sent, 1, 0));
        sent[1].header = Worlds.headerOf("y1", 1, dimsOf(1, 3, 4, 2)); // the entry's lengths as stored
        play = committed(sent);
        convict(play, proofOf(play, sent, 1, 0));
        sent[1].header = Worlds.headerOf("y1", 1, dimsOf(24));
        play = committed(sent);
        convict(play, proofOf(play, sent, 1, 0));
        Sent[] memory fewer = new Sent[](2);
        (fewer[0], fewer[1]) = (honest()[0], honest()[1]);
        play = committed(fewer);
        ResponseProof memory proof;
        proof.response = digestsOf(fewer);
        convict(play, proof);
    }

    function test_ATrueResponseContradictsNothing() public {
        Sent[] memory sent = honest();
        Play memory play = committed(sent);
        for (uint256 output; output < 3; ++output) {
            for (uint256 element; element < 21; element += 4) {
                refuse(play, proofOf(play, sent, output, element), IDisputeErrors.NothingProved.selector);
            }
        }
        ResponseProof memory proof = proofOf(play, sent, 1, 0);
        proof.element = 24;
        refuse(play, proof, IDisputeErrors.NoSuchElement.selector);
        proof.output = 3;
        refuse(play, proof, IDisputeErrors.NoSuchOutput.selector);
        proof.output = 0;
        refuse(play, proof, IDisputeErrors.WrongHash.selector);
        proof = proofOf(play, sent, 1, 0);
        proof.response[2] = 0;
        refuse(play, proof, bytes4(keccak256("WrongList(bytes32,bytes32)")));
        proof = proofOf(play, sent, 1, 0);
        proof.entryPath[0] = 0;
        refuse(play, proof, IDisputeErrors.WrongHash.selector);
        proof = proofOf(play, sent, 1, 0);
        proof.entryHeader = play.run.headers[4];
        refuse(play, proof, IDisputeErrors.WrongHash.selector);
        proof = proofOf(play, sent, 2, 0);
        proof.leaf = proof.entryLeaf = proofOf(play, sent, 2, 599).leaf;
        refuse(play, proof, bytes4(keccak256("WrongLeaf(bytes32,bytes32)")));
    }

    function test_AnOutputBeyondTheTraceIsAMatterOfItsNumber() public {
        Sent[] memory sent = honest();
        Play memory play = begun(sent);
        Run memory run = truth();
        play.run.headers = new bytes[](4);
        play.run.data = new bytes[](4);
        for (uint256 i; i < 4; ++i) {
            (play.run.headers[i], play.run.data[i]) = (run.headers[i], run.data[i]);
        }
        answer(play);
        Play memory whole = Play(play.game, play.state, truth(), play.receipt, 0, 0, 0, play.folds, "");
        refuse(play, proofOf(whole, sent, 0, 0), IDisputeErrors.NoSuchEntry.selector);
    }

    function honest() private view returns (Sent[] memory sent) {
        World memory w = world;
        Run memory run = truth();
        sent = new Sent[](3);
        for (uint256 i; i < 3; ++i) {
            (sent[i].header, sent[i].data) = Worlds.outputOf(w, run, i);
        }
    }

    function digestsOf(Sent[] memory sent) private pure returns (bytes32[] memory digests) {
        digests = new bytes32[](sent.length);
        for (uint256 i; i < sent.length; ++i) {
            digests[i] = Worlds.tensorDigest(sent[i].header, sent[i].data);
        }
    }

    /// @dev A game about this response, of a seller whose trace is true.
    function begun(Sent[] memory sent) private returns (Play memory) {
        Run memory run = truth();
        Receipt memory receipt = receiptOf(run);
        receipt.lane = uint64(arbiter.gameCount() + 1);
        receipt.responseDigest = listDigest(digestsOf(sent));
        fund(challenger);
        return begin(run, receipt);
    }

    function committed(Sent[] memory sent) private returns (Play memory play) {
        play = begun(sent);
        answer(play);
    }

    /// @dev The order n, c, h, w of element number n, h, w, c of 1, 2, 3, 4; counted by hand, one by one.
    function thereOf(uint256 output, uint256 element) private pure returns (uint256) {
        if (output != 1) return element;
        uint256 stored;
        for (uint256 y; y < 3; ++y) {
            for (uint256 x; x < 4; ++x) {
                for (uint256 c; c < 2; ++c) {
                    if (stored++ == element) return (c * 3 + y) * 4 + x;
                }
            }
        }
        revert();
    }

    function proofOf(Play memory play, Sent[] memory sent, uint256 output, uint256 element)
        private
        view
        returns (ResponseProof memory proof)
    {
        uint256 entry = world.outputs[output];
        proof.response = digestsOf(sent);
        (proof.output, proof.element) = (output, uint64(element));
        (proof.header, proof.dataRoot) = (sent[output].header, Trees.dataRoot(sent[output].data));
        proof.entryHeader = play.run.headers[entry];
        proof.entryRoot = Trees.dataRoot(play.run.data[entry]);
        proof.entryPath = Trees.path(Worlds.digestsOf(play.run), 0, 0, entry, 3);
        StandIn memory f = abi.decode(world.formulas[entry], (StandIn));
        uint256 size = Worlds.sizeOf(f.storedType);
        proof.entryLeaf = leafOf(play.run.data[entry], element * size);
        proof.leaf = leafOf(sent[output].data, thereOf(output, element) * size);
    }

    function leafOf(bytes memory data, uint256 place) private pure returns (LeafProof memory) {
        bytes32[] memory leaves = Trees.leavesOf(data);
        uint256 depth = Trees.depthOf(leaves.length);
        return LeafProof(Trees.leafAt(data, place / 512), Trees.path(leaves, Trees.zeroLeaf(), 0, place / 512, depth));
    }

    function callOf(Play memory play, ResponseProof memory proof) private view returns (bytes memory) {
        return abi.encodeCall(
            arbiter.proveResponse,
            (play.game, play.state, play.receipt, signReceipt(play.receipt), Worlds.opening(world), proof)
        );
    }

    function refuse(Play memory play, ResponseProof memory proof, bytes4 why) private {
        bytes memory call = callOf(play, proof);
        vm.prank(challenger);
        (bool success, bytes memory reason) = address(arbiter).call(call);
        vm.assertTrue(!success, "refused");
        vm.assertEq(bytes32(bytes4(reason)), bytes32(why), "why");
    }

    function convict(Play memory play, ResponseProof memory proof) private {
        bytes memory call = callOf(play, proof);
        vm.expectEmit();
        emit IGraphArbiter.Convicted(
            play.game, play.state.subject, challenger, IGraphArbiter.Ground.Response, SLASH_CAP / 2, SLASH_CAP / 2
        );
        vm.prank(challenger);
        (bool success,) = address(arbiter).call(call);
        vm.assertTrue(success, "convicted");
    }
}
