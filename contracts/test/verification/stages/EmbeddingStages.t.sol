// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../../src/interfaces/IDisputeErrors.sol";
import {ITaskStages} from "../../../src/interfaces/ITaskStages.sol";
import {LeafProof, Stage} from "../../../src/types/Dispute.sol";
import {Receipt} from "../../../src/types/Market.sol";
import {EmbeddingMalformed, EmbeddingOpening, EmbeddingRequest} from "../../../src/types/Stages.sol";
import {Deploy} from "../../base/Deploy.sol";
import {Trees} from "../Trees.sol";
import {Tensors} from "./Tensors.sol";

/// @title Stages of embeddings, derived from receipts
contract EmbeddingStagesTest is Deploy {
    /// @dev An answer before it is hashed. Rows are hashes of their numbers.
    struct Answer {
        uint256[] ids;
        uint256[] offsets;
    }

    ITaskStages private stages;

    function setUp() public {
        stages = ITaskStages(deploy("EmbeddingStages", ""));
    }

    /// @dev Texts of 1 to 128 ids that lie across leaves, and a number of them that fills no tree.
    /// forge-config: default.fuzz.runs = 16
    /// forge-config: deep.fuzz.runs = 200
    function testFuzz_AStageIsATextAndItsRow(uint256 texts, uint256 place, uint256 seed) public view {
        texts = bound(texts, 1, 140);
        place = bound(place, 0, texts - 1);
        Answer memory answer = answerOf(texts, seed);
        Stage memory stage = stages.stageOf(receiptOf(answer), place, abi.encode(openingOf(answer, place)));
        uint256 length = answer.offsets[place + 1] - answer.offsets[place];
        bytes memory ids;
        for (uint256 i; i < length; ++i) {
            ids = abi.encodePacked(ids, Tensors.le(answer.ids[answer.offsets[place] + i]), uint32(0));
        }
        vm.assertEq(stage.graph, keccak256("model.onnx"), "graph");
        vm.assertEq(stage.requestDigest, Tensors.list(Tensors.digest("ids", 4, Tensors.dimsOf(length), ids)), "request");
        vm.assertEq(
            stage.responseDigest,
            Tensors.list(Tensors.digest("embedding", 2, Tensors.dimsOf(1, 512), rowOf(place))),
            "response"
        );
    }

    function test_WhatIsShownMustBeTheReceipts() public {
        Answer memory answer = answerOf(5, 1);
        Receipt memory receipt = receiptOf(answer);
        EmbeddingOpening memory opening = openingOf(answer, 3);
        opening.row = Trees.dataRoot(rowOf(2));
        refuse(receipt, 3, opening, ITaskStages.WrongResponse.selector);
        opening = openingOf(answer, 3);
        opening.path = new bytes32[](2);
        refuse(receipt, 3, opening, IDisputeErrors.WrongLength.selector);
        opening = openingOf(answer, 3);
        vm.expectRevert(); // it is another text's
        stages.stageOf(receipt, 2, abi.encode(opening));
        refuse(receipt, 5, opening, ITaskStages.NoSuchStage.selector);
        opening.ids[0].data[0] ^= 0x01;
        refuse(receipt, 3, opening, bytes4(keccak256("WrongLeaf(bytes32,bytes32)")));
        opening = openingOf(answer, 3);
        opening.offsets[0].data[0] ^= 0x01;
        refuse(receipt, 3, opening, bytes4(keccak256("WrongLeaf(bytes32,bytes32)")));
        opening = openingOf(answer, 3);
        opening.offsets = new LeafProof[](2);
        refuse(receipt, 3, opening, IDisputeErrors.WrongLength.selector);
        opening = openingOf(answer, 3);
        opening.request.texts = 6;
        refuse(receipt, 3, opening, ITaskStages.WrongRequest.selector);
    }

    /// @dev Nobody may answer these; whoever did is left alone.
    function test_UnfitTextsAreNotJudged() public view {
        Answer memory answer = answerOf(3, 1);
        uint256 end = answer.offsets[2];
        answer.offsets[1] = end; // the second text has no ids
        refuse(receiptOf(answer), 1, openingOf(answer, 0), ITaskStages.UnfitRequest.selector);
        answer.offsets[1] = end + 1;
        refuse(receiptOf(answer), 1, openingOf(answer, 0), ITaskStages.UnfitRequest.selector);
        answer = answerOf(3, 1);
        answer.offsets[3] = answer.ids.length + 1;
        refuse(receiptOf(answer), 2, openingOf(answer, 0), ITaskStages.UnfitRequest.selector);
        answer.ids = new uint256[](400);
        (answer.offsets[1], answer.offsets[2], answer.offsets[3]) = (129, 257, 400);
        refuse(receiptOf(answer), 0, openingOf(answer, 1), ITaskStages.UnfitRequest.selector);
        stages.stageOf(receiptOf(answer), 1, abi.encode(openingOf(answer, 1)));
    }

    function test_OtherTensorsAreMalformed() public {
        Answer memory answer = answerOf(3, 1);
        bytes memory data = rowsOf(3);
        prove(answer, Tensors.header("embedding", 2, Tensors.dimsOf(2, 512)), data, 1);
        prove(answer, Tensors.header("embedding", 5, Tensors.dimsOf(3, 512)), data, 1);
        prove(answer, Tensors.header("rows", 2, Tensors.dimsOf(3, 512)), data, 1);
        prove(answer, Tensors.header("embedding", 2, Tensors.dimsOf(1_536)), data, 1);
        prove(answer, "", data, 2);
        prove(answer, "", data, 0);
        (Receipt memory receipt, EmbeddingMalformed memory shown) =
            tensorsOf(answer, Tensors.header("embedding", 2, Tensors.dimsOf(3, 512)), data, 1);
        vm.expectRevert(IDisputeErrors.NothingProved.selector);
        stages.requireMalformed(receipt, abi.encode(shown));
        shown.dataRoot = "other";
        vm.expectRevert();
        stages.requireMalformed(receipt, abi.encode(shown));
    }

    function prove(Answer memory answer, bytes memory header, bytes memory data, uint256 count) private view {
        (Receipt memory receipt, EmbeddingMalformed memory shown) = tensorsOf(answer, header, data, count);
        stages.requireMalformed(receipt, abi.encode(shown));
    }

    function tensorsOf(Answer memory answer, bytes memory header, bytes memory data, uint256 count)
        private
        pure
        returns (Receipt memory receipt, EmbeddingMalformed memory shown)
    {
        receipt = receiptOf(answer);
        (shown.request, shown.header, shown.dataRoot) = (requestOf(answer), header, Trees.dataRoot(data));
        shown.response = new bytes32[](count);
        if (count != 0) shown.response[0] = sha256(abi.encodePacked(hex"02", header, shown.dataRoot));
        receipt.responseDigest = Tensors.list(shown.response);
    }

    function refuse(Receipt memory receipt, uint256 place, EmbeddingOpening memory opening, bytes4 why) private view {
        try stages.stageOf(receipt, place, abi.encode(opening)) {
            vm.assertTrue(false, "refused");
        } catch (bytes memory reason) {
            vm.assertEq(bytes32(bytes4(reason)), bytes32(why), "why");
        }
    }

    /// @dev Lengths of texts follow from the seed; the first and the last of the possible ones among them.
    function answerOf(uint256 texts, uint256 seed) private pure returns (Answer memory answer) {
        answer.offsets = new uint256[](texts + 1);
        for (uint256 i; i < texts; ++i) {
            uint256 drawn = uint256(keccak256(abi.encode(seed, i)));
            uint256 length = drawn % 8 == 0 ? 128 : drawn % 8 == 1 ? 1 : 1 + drawn / 8 % 128;
            answer.offsets[i + 1] = answer.offsets[i] + length;
        }
        answer.ids = new uint256[](answer.offsets[texts]);
        for (uint256 i; i < answer.ids.length; ++i) {
            answer.ids[i] = (i * 7_919 + seed % 8_003) % 8_003;
        }
    }

    function rowOf(uint256 place) private pure returns (bytes memory) {
        return wordsFrom(64 * place, 64);
    }

    function rowsOf(uint256 texts) private pure returns (bytes memory) {
        return wordsFrom(0, 64 * texts);
    }

    function wordsFrom(uint256 first, uint256 count) private pure returns (bytes memory) {
        bytes32[] memory words = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            words[i] = keccak256(abi.encode("row", first + i));
        }
        return abi.encodePacked(words);
    }

    function requestOf(Answer memory answer) private pure returns (EmbeddingRequest memory) {
        return EmbeddingRequest(
            answer.ids.length,
            Trees.dataRoot(Tensors.ids(answer.ids)),
            answer.offsets.length - 1,
            Trees.dataRoot(Tensors.ids(answer.offsets))
        );
    }

    function openingOf(Answer memory answer, uint256 place) private pure returns (EmbeddingOpening memory opening) {
        uint256 texts = answer.offsets.length - 1;
        opening.request = requestOf(answer);
        opening.offsets = leavesOf(Tensors.ids(answer.offsets), place / 128, (place + 1) / 128);
        opening.ids =
            leavesOf(Tensors.ids(answer.ids), answer.offsets[place] / 128, (answer.offsets[place + 1] - 1) / 128);
        bytes32[] memory rows = new bytes32[](texts);
        for (uint256 i; i < texts; ++i) {
            rows[i] = Trees.dataRoot(rowOf(i));
        }
        // Beyond the last row there are four leaves of zeros each.
        bytes32 none = Trees.dataRoot(new bytes(2_048));
        (opening.row, opening.path) = (rows[place], Trees.path(rows, none, 0, place, Trees.depthOf(texts)));
    }

    function leavesOf(bytes memory data, uint256 first, uint256 last) private pure returns (LeafProof[] memory leaves) {
        bytes32[] memory all = Trees.leavesOf(data);
        leaves = new LeafProof[](last - first + 1);
        for (uint256 i; i < leaves.length; ++i) {
            leaves[i] = LeafProof(
                Trees.leafAt(data, first + i),
                Trees.path(all, Trees.zeroLeaf(), 0, first + i, Trees.depthOf(all.length))
            );
        }
    }

    function receiptOf(Answer memory answer) private pure returns (Receipt memory receipt) {
        uint256 texts = answer.offsets.length - 1;
        receipt.requestDigest = Tensors.list(
            Tensors.digest("ids", 3, Tensors.dimsOf(answer.ids.length), Tensors.ids(answer.ids)),
            Tensors.digest("offsets", 3, Tensors.dimsOf(texts + 1), Tensors.ids(answer.offsets))
        );
        receipt.responseDigest = Tensors.list(Tensors.digest("embedding", 2, Tensors.dimsOf(texts, 512), rowsOf(texts)));
    }
}
