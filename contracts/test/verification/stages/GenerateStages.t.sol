// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../../src/interfaces/IDisputeErrors.sol";
import {ITaskStages} from "../../../src/interfaces/ITaskStages.sol";
import {Stage} from "../../../src/types/Dispute.sol";
import {Receipt} from "../../../src/types/Market.sol";
import {GenerateMalformed, GenerateOpening} from "../../../src/types/Stages.sol";
import {Deploy} from "../../base/Deploy.sol";
import {Trees} from "../Trees.sol";
import {Worlds} from "../Worlds.sol";
import {Tensors} from "./Tensors.sol";

/// @title Stages of generated answers, derived from receipts
/// @dev A model of 40 ids and a context of 300, whose texts end with 3 or 7.
contract GenerateStagesTest is Deploy {
    /// @dev An answer before it is hashed.
    struct Answer {
        uint256[] ids;
        uint256[4] settings;
        bytes32 seed;
        uint256[] tokens;
    }

    bytes private constant GENERATION = hex"01000000280000012c01000000000200000003" hex"00000007";
    uint256 private constant MOST = 6;

    ITaskStages private stages;

    function setUp() public {
        stages = ITaskStages(deploy("GenerateStages", ""));
    }

    /// forge-config: default.fuzz.runs = 100
    /// forge-config: deep.fuzz.runs = 2000
    function testFuzz_AStageIsTheTextBeforeAToken(uint256 prompt, uint256 place, uint256 topK, bytes32 seed)
        public
        view
    {
        Answer memory answer = answerOf(bound(prompt, 1, 294), MOST);
        (answer.settings[2], answer.seed) = (topK % 2 ** 32, seed);
        place = bound(place, 0, MOST - 1);
        Stage memory stage = stages.stageOf(receiptOf(answer), place, abi.encode(openingOf(answer)));
        vm.assertEq(stage.graph, keccak256("generate"), "graph");
        vm.assertEq(stage.requestDigest, inputsOf(answer, place), "request");
        bytes32 token = Tensors.digest("token", 2, Tensors.dimsOf(1), Tensors.le(answer.tokens[place]));
        vm.assertEq(stage.responseDigest, Tensors.list(token), "response");
    }

    /// @dev Digest of what the graph takes for a token.
    function inputsOf(Answer memory answer, uint256 place) private pure returns (bytes32) {
        uint256 length = answer.ids.length + place;
        uint256[] memory settings = settingsOf(answer);
        if (settings[2] > 2 ** 24 - 1) settings[2] = 2 ** 24 - 1;
        bytes32 hash = sha256(abi.encodePacked("stoa/generate/1", answer.seed, uint32(place)));
        bytes32 text =
            Tensors.digest("tokens", 2, Tensors.dimsOf(1, length), Trees.slice(textOf(answer), 0, 4 * length));
        bytes32 draw = Tensors.digest("draw", 0, Tensors.dimsOf(8), abi.encodePacked(bytes8(hash)));
        return Tensors.list(text, Tensors.digest("settings", 2, Tensors.dimsOf(4), Tensors.ids(settings)), draw);
    }

    function test_OnlyTokensThatThereAreHaveStages() public {
        Answer memory answer = answerOf(5, MOST);
        expectNone(answer, MOST);
        expectNone(answer, type(uint256).max);
        answer.tokens[2] = 40;
        stages.stageOf(receiptOf(answer), 2, abi.encode(openingOf(answer))); // it is wrong in any case
        expectNone(answer, 3); // no graph reads such an id
    }

    function test_WhatIsShownMustBeTheReceipts() public {
        Answer memory answer = answerOf(5, MOST);
        Receipt memory receipt = receiptOf(answer);
        GenerateOpening memory opening = openingOf(answer);
        opening.prompt = 6;
        refuse(receipt, opening, ITaskStages.WrongRequest.selector);
        opening.prompt = 100;
        refuse(receipt, opening, ITaskStages.UnfitRequest.selector);
        opening = openingOf(answer);
        opening.text[0] ^= 0x01;
        refuse(receipt, opening, ITaskStages.WrongRequest.selector);
        opening = openingOf(answer);
        opening.text[20] ^= 0x01;
        refuse(receipt, opening, ITaskStages.WrongResponse.selector);
        opening = openingOf(answer);
        opening.seed = "other";
        refuse(receipt, opening, ITaskStages.WrongRequest.selector);
        opening = openingOf(answer);
        opening.generation[8] ^= 0x01;
        refuse(receipt, opening, bytes4(keccak256("WrongModel(bytes32,bytes32)")));
        opening = openingOf(answer);
        opening.place = 0;
        refuse(receipt, opening, bytes4(keccak256("WrongModel(bytes32,bytes32)")));
        opening = openingOf(answer);
        opening.settings = bytes.concat(opening.settings, hex"00");
        refuse(receipt, opening, ITaskStages.UnfitRequest.selector);
    }

    /// @dev Nobody may answer these; whoever did is left alone.
    function test_UnfitRequestsAreNotJudged() public {
        uint256[4][9] memory wrong = [
            [uint256(0), 0, 0, 1_000_000],
            [uint256(4_097), 0, 0, 1_000_000],
            [uint256(296), 0, 0, 1_000_000], // beyond the context
            [uint256(6), 4_001, 0, 1_000_000],
            [uint256(6), 0, 0, 0],
            [uint256(6), 0, 0, 1_000_001],
            [uint256(6), type(uint32).max, 0, 1],
            [uint256(type(uint32).max), 0, 0, 1],
            [uint256(6), 0, 0, type(uint32).max]
        ];
        for (uint256 i; i < 9; ++i) {
            Answer memory answer = answerOf(5, 1);
            answer.settings = wrong[i];
            refuse(receiptOf(answer), openingOf(answer), ITaskStages.UnfitRequest.selector);
            refuseMalformed(answer, ITaskStages.UnfitRequest.selector);
        }
        Answer memory unknown = answerOf(5, 7);
        unknown.ids[4] = 40;
        refuse(receiptOf(unknown), openingOf(unknown), ITaskStages.UnfitRequest.selector);
        refuseMalformed(unknown, ITaskStages.UnfitRequest.selector);
        Answer memory empty = answerOf(0, 7);
        refuse(receiptOf(empty), openingOf(empty), ITaskStages.UnfitRequest.selector);
        Answer memory full = answerOf(5, 1);
        full.settings[0] = 295; // just within it
        stages.stageOf(receiptOf(full), 0, abi.encode(openingOf(full)));
    }

    function test_MalformedTokens() public view {
        prove(answerOf(5, 0));
        prove(answerOf(5, 5)); // fewer, and no end
        prove(answerOf(5, 7)); // more
        Answer memory answer = answerOf(5, MOST);
        answer.tokens[5] = 40;
        prove(answer);
        answer.tokens[5] = type(uint32).max;
        prove(answer);
        answer = answerOf(5, MOST);
        answer.tokens[0] = 3;
        prove(answer); // it went on
        answer.tokens[0] = 1;
        answer.tokens[4] = 7;
        prove(answer);
        answer = answerOf(5, 7);
        answer.tokens[6] = 3; // an end, but too late
        prove(answer);
    }

    function test_WellFormedTokensAreNotMalformed() public {
        for (uint256 count = 1; count <= MOST; ++count) {
            Answer memory answer = answerOf(5, count);
            if (count == MOST) refuseMalformed(answer, IDisputeErrors.NothingProved.selector);
            answer.tokens[count - 1] = count % 2 == 0 ? 3 : 7;
            refuseMalformed(answer, IDisputeErrors.NothingProved.selector);
        }
    }

    function test_OtherTensorsAreMalformed() public {
        Answer memory answer = answerOf(5, MOST);
        bytes memory tokens = Tensors.ids(answer.tokens);
        proveTensors(answer, Tensors.header("token", 3, Tensors.dimsOf(6)), tokens, 1);
        proveTensors(answer, Tensors.header("tokens", 2, Tensors.dimsOf(6)), tokens, 1);
        proveTensors(answer, Tensors.header("tokens", 3, Tensors.dimsOf(1, 6)), tokens, 1);
        proveTensors(answer, Tensors.header("tokens", 3, new uint32[](0)), tokens, 1);
        proveTensors(answer, "", tokens, 2);
        (Receipt memory receipt, GenerateMalformed memory shown) =
            tensorsOf(answer, Tensors.header("tokens", 3, Tensors.dimsOf(6)), tokens, 1);
        vm.expectRevert(IDisputeErrors.NothingProved.selector);
        stages.requireMalformed(receipt, abi.encode(shown));
        (receipt, shown) = tensorsOf(answer, Tensors.header("token", 3, Tensors.dimsOf(6)), tokens, 1);
        shown.dataRoot = "other";
        vm.expectRevert();
        stages.requireMalformed(receipt, abi.encode(shown));
        shown.response[0] = "other";
        vm.expectRevert();
        stages.requireMalformed(receipt, abi.encode(shown));
    }

    function test_NoOpeningIsNone() public {
        Receipt memory receipt = receiptOf(answerOf(5, MOST));
        vm.expectRevert(ITaskStages.UnfitRequest.selector);
        stages.stageOf(receipt, 0, "");
        vm.expectRevert();
        stages.stageOf(receipt, 0, abi.encode(type(uint256).max));
        vm.expectRevert(ITaskStages.UnfitRequest.selector);
        stages.requireMalformed(receipt, "");
    }

    function proveTensors(Answer memory answer, bytes memory header, bytes memory data, uint256 count) private view {
        (Receipt memory receipt, GenerateMalformed memory shown) = tensorsOf(answer, header, data, count);
        stages.requireMalformed(receipt, abi.encode(shown));
    }

    /// @dev A response of `count` tensors, the first of which has this header and these data.
    function tensorsOf(Answer memory answer, bytes memory header, bytes memory data, uint256 count)
        private
        pure
        returns (Receipt memory receipt, GenerateMalformed memory shown)
    {
        receipt = receiptOf(answer);
        (shown.answer, shown.header, shown.dataRoot) = (openingOf(answer), header, Trees.dataRoot(data));
        shown.answer.text = Tensors.ids(answer.ids);
        shown.response = new bytes32[](count);
        shown.response[0] = sha256(abi.encodePacked(hex"02", header, shown.dataRoot));
        receipt.responseDigest = Tensors.list(shown.response);
    }

    function prove(Answer memory answer) private view {
        GenerateMalformed memory shown;
        shown.answer = openingOf(answer);
        stages.requireMalformed(receiptOf(answer), abi.encode(shown));
    }

    function refuseMalformed(Answer memory answer, bytes4 why) private {
        GenerateMalformed memory shown;
        shown.answer = openingOf(answer);
        Receipt memory receipt = receiptOf(answer);
        vm.expectRevert(why);
        stages.requireMalformed(receipt, abi.encode(shown));
    }

    function refuse(Receipt memory receipt, GenerateOpening memory opening, bytes4 why) private view {
        try stages.stageOf(receipt, 0, abi.encode(opening)) {
            vm.assertTrue(false, "refused");
        } catch (bytes memory reason) {
            vm.assertEq(bytes32(bytes4(reason)), bytes32(why), "why");
        }
    }

    function expectNone(Answer memory answer, uint256 place) private {
        Receipt memory receipt = receiptOf(answer);
        bytes memory opening = abi.encode(openingOf(answer));
        vm.expectRevert(abi.encodeWithSelector(ITaskStages.NoSuchStage.selector, place));
        stages.stageOf(receipt, place, opening);
    }

    /// @dev Ids that end nothing.
    function answerOf(uint256 prompt, uint256 count) private pure returns (Answer memory answer) {
        (answer.ids, answer.tokens) = (new uint256[](prompt), new uint256[](count));
        for (uint256 i; i < prompt; ++i) {
            answer.ids[i] = (i * 7) % 40;
        }
        for (uint256 i; i < count; ++i) {
            answer.tokens[i] = 10 + i;
        }
        answer.settings = [MOST, 900, 12, 800_000];
        answer.seed = "seed";
    }

    function settingsOf(Answer memory answer) private pure returns (uint256[] memory settings) {
        settings = new uint256[](4);
        for (uint256 i; i < 4; ++i) {
            settings[i] = answer.settings[i];
        }
    }

    function textOf(Answer memory answer) private pure returns (bytes memory) {
        return bytes.concat(Tensors.ids(answer.ids), Tensors.ids(answer.tokens));
    }

    function filesOf() private pure returns (bytes32[] memory files) {
        files = new bytes32[](2);
        files[0] = Worlds.fileDigest("formulas.bin", 46, "formulas");
        files[1] = Worlds.fileDigest("generation.bin", GENERATION.length, Trees.dataRoot(GENERATION));
    }

    function openingOf(Answer memory answer) private pure returns (GenerateOpening memory) {
        return GenerateOpening(
            textOf(answer),
            answer.ids.length,
            Tensors.ids(settingsOf(answer)),
            answer.seed,
            filesOf(),
            1,
            bytes.concat(GENERATION)
        );
    }

    function receiptOf(Answer memory answer) private pure returns (Receipt memory receipt) {
        receipt.weightsDigest = sha256(abi.encodePacked(hex"0501", uint16(2), filesOf()));
        receipt.requestDigest = Tensors.list(
            Tensors.digest("ids", 3, Tensors.dimsOf(answer.ids.length), Tensors.ids(answer.ids)),
            Tensors.digest("settings", 3, Tensors.dimsOf(4), Tensors.ids(settingsOf(answer))),
            Tensors.digest("seed", 0, Tensors.dimsOf(32), abi.encode(answer.seed))
        );
        receipt.responseDigest =
            Tensors.list(Tensors.digest("tokens", 3, Tensors.dimsOf(answer.tokens.length), Tensors.ids(answer.tokens)));
    }
}
