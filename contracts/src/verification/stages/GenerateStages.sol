// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../interfaces/IDisputeErrors.sol";
import {ITaskStages} from "../../interfaces/ITaskStages.sol";
import {ModelProof} from "../../libraries/ModelProof.sol";
import {StageTensors} from "../../libraries/StageTensors.sol";
import {TokenIds} from "../../libraries/TokenIds.sol";
import {Stage} from "../../types/Dispute.sol";
import {Receipt} from "../../types/Market.sol";
import {GenerateMalformed, GenerateOpening} from "../../types/Stages.sol";
import {ShownTensors} from "./ShownTensors.sol";

/// @title Stages of the task `generate` (specs/generation.md, "Stages")
/// @notice Stage g is token number g: one run of the graph `generate` on the prompt and the tokens before it. `opening` is abi.encode(GenerateOpening), or
/// abi.encode(GenerateMalformed).
contract GenerateStages is ITaskStages {
    using TokenIds for bytes;

    /// @dev What a request and `generation.bin` say, read.
    struct Terms {
        uint256 most;
        uint256 temperature;
        uint256 topK;
        uint256 topP;
        uint256 vocabulary;
        uint256 context;
    }

    uint256 private constant MOST_TOKENS = 4_096;
    uint256 private constant MOST_TEMPERATURE = 4_000;
    uint256 private constant MILLION = 1_000_000;
    /// @dev The graph takes no greater setting; no model has as many ids, so a greater k is the same.
    uint256 private constant GREATEST_SETTING = 2 ** 24 - 1;
    /// @dev In `generation.bin`: version (1), V (4), C (4), then the ids that stand before a text.
    uint256 private constant BEGIN = 9;

    function stageOf(Receipt calldata receipt, uint256 place, bytes calldata opening)
        external
        view
        returns (Stage memory stage)
    {
        GenerateOpening calldata answer = _answer(opening);
        Terms memory terms = _requireRequest(receipt, answer, answer.prompt);
        uint256 count = _requireTokens(receipt, answer);
        if (place >= count) revert NoSuchStage(place);
        uint256 length = answer.prompt + place;
        bytes calldata prefix = answer.text[:4 * length];
        if (!prefix.areBelow(terms.vocabulary)) revert NoSuchStage(place); // it is malformed
        stage.graph = keccak256("generate");
        stage.requestDigest = StageTensors.list(
            StageTensors.matrix("tokens", StageTensors.I32, 1, length, StageTensors.rootOf(prefix)),
            StageTensors.vector("settings", StageTensors.I32, 4, _settings(terms)),
            StageTensors.vector("draw", StageTensors.U8, 8, _draw(answer.seed, place))
        );
        bytes32 token = StageTensors.leafOf(answer.text[4 * length:4 * length + 4]);
        stage.responseDigest = StageTensors.list(StageTensors.vector("token", StageTensors.I32, 1, token));
    }

    function requireMalformed(Receipt calldata receipt, bytes calldata opening) external view {
        GenerateMalformed calldata shown = _malformed(opening);
        if (shown.response.length != 0) return _requireOtherTensors(receipt, shown);
        Terms memory terms = _requireRequest(receipt, shown.answer, shown.answer.prompt);
        uint256 count = _requireTokens(receipt, shown.answer);
        if (count == 0 || count > terms.most) return;
        bytes calldata tokens = shown.answer.text[4 * shown.answer.prompt:];
        if (!tokens.areBelow(terms.vocabulary)) return;
        bytes calldata ends = _ends(shown.answer.generation);
        for (uint256 i; i + 1 < count; ++i) {
            if (_isIn(ends, tokens.idAt(i))) return; // and it went on
        }
        if (count < terms.most && !_isIn(ends, tokens.idAt(count - 1))) return;
        revert IDisputeErrors.NothingProved();
    }

    /// @dev That the response consists of other tensors than the task's.
    function _requireOtherTensors(Receipt calldata receipt, GenerateMalformed calldata shown) private view {
        _requireRequest(receipt, shown.answer, shown.answer.text.length / 4);
        bytes calldata header = shown.header;
        uint256 length = header.length < 4 ? 0 : uint32(bytes4(header[header.length - 4:]));
        bytes memory right = StageTensors.vectorHeader("tokens", StageTensors.U32, length);
        ShownTensors.requireOther(receipt, shown.response, header, shown.dataRoot, right);
    }

    /// @dev That the request is the receipt's, and one that the task allows of this model. @param prompt How many ids it has.
    function _requireRequest(Receipt calldata receipt, GenerateOpening calldata answer, uint256 prompt)
        private
        view
        returns (Terms memory terms)
    {
        if (answer.settings.length != 16 || 4 * prompt > answer.text.length) revert UnfitRequest();
        bytes calldata ids = answer.text[:4 * prompt];
        bytes32 digest = StageTensors.list(
            StageTensors.vector("ids", StageTensors.U32, prompt, StageTensors.rootOf(ids)),
            StageTensors.vector("settings", StageTensors.U32, 4, StageTensors.leafOf(answer.settings)),
            StageTensors.vector("seed", StageTensors.U8, 32, StageTensors.leafOf(abi.encode(answer.seed)))
        );
        if (digest != receipt.requestDigest) revert WrongRequest(digest, receipt.requestDigest);
        ModelProof.requireFile(receipt.weightsDigest, answer.files, answer.place, "generation.bin", answer.generation);
        terms = _terms(answer);
        if (
            prompt == 0 || terms.most == 0 || terms.most > MOST_TOKENS || terms.temperature > MOST_TEMPERATURE
                || terms.topP == 0 || terms.topP > MILLION || prompt + terms.most > terms.context
                || !ids.areBelow(terms.vocabulary)
        ) revert UnfitRequest();
    }

    /// @dev That the tokens are the response. @return count How many there are.
    function _requireTokens(Receipt calldata receipt, GenerateOpening calldata answer)
        private
        view
        returns (uint256 count)
    {
        bytes calldata tokens = answer.text[4 * answer.prompt:];
        count = tokens.length / 4;
        if (tokens.length % 4 != 0) revert UnfitRequest();
        bytes32 digest =
            StageTensors.list(StageTensors.vector("tokens", StageTensors.U32, count, StageTensors.rootOf(tokens)));
        if (digest != receipt.responseDigest) revert WrongResponse(digest, receipt.responseDigest);
    }

    function _terms(GenerateOpening calldata answer) private pure returns (Terms memory) {
        bytes calldata settings = answer.settings;
        return Terms({
            most: settings.idAt(0),
            temperature: settings.idAt(1),
            topK: settings.idAt(2),
            topP: settings.idAt(3),
            vocabulary: uint32(bytes4(answer.generation[1:5])),
            context: uint32(bytes4(answer.generation[5:9]))
        });
    }

    /// @dev Root over the settings as the graph takes them.
    function _settings(Terms memory terms) private view returns (bytes32) {
        uint256 topK = terms.topK < GREATEST_SETTING ? terms.topK : GREATEST_SETTING;
        return StageTensors.leafOf(
            abi.encodePacked(
                uint32(TokenIds.turned(terms.most)),
                uint32(TokenIds.turned(terms.temperature)),
                uint32(TokenIds.turned(topK)),
                uint32(TokenIds.turned(terms.topP))
            )
        );
    }

    function _draw(bytes32 seed, uint256 place) private view returns (bytes32) {
        bytes32 hash = sha256(abi.encodePacked("stoa/generate/1", seed, uint32(place)));
        return StageTensors.leafOf(abi.encodePacked(bytes8(hash)));
    }

    /// @dev The ids that end a text, four bytes each, big-endian. The file is a model's own: what does not read as one reverts.
    function _ends(bytes calldata generation) private pure returns (bytes calldata) {
        uint256 start = BEGIN + 1 + 4 * uint256(uint8(generation[BEGIN]));
        return generation[start + 1:start + 1 + 4 * uint256(uint8(generation[start]))];
    }

    function _isIn(bytes calldata ends, uint256 id) private pure returns (bool) {
        for (uint256 i; i < ends.length; i += 4) {
            if (uint32(bytes4(ends[i:])) == id) return true;
        }
        return false;
    }

    function _answer(bytes calldata opening) private pure returns (GenerateOpening calldata answer) {
        uint256 at = ShownTensors.structAt(opening);
        assembly ("memory-safe") {
            answer := at
        }
    }

    function _malformed(bytes calldata opening) private pure returns (GenerateMalformed calldata shown) {
        uint256 at = ShownTensors.structAt(opening);
        assembly ("memory-safe") {
            shown := at
        }
    }
}
