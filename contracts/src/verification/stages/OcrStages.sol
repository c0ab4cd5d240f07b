// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../interfaces/IDisputeErrors.sol";
import {IPageSteps, ISteps} from "../../interfaces/IPageSteps.sol";
import {IStepStages} from "../../interfaces/IStepStages.sol";
import {ModelProof} from "../../libraries/ModelProof.sol";
import {Sha256Tree} from "../../libraries/Sha256Tree.sol";
import {Subjects} from "../../libraries/Subjects.sol";
import {TensorHeader} from "../../libraries/TensorHeader.sol";
import {Game, Stage} from "../../types/Dispute.sol";
import {Receipt} from "../../types/Market.sol";
import {PageClaims, PageEvidence, PageGround, PageOpening, PageProof, PageRun} from "../../types/Page.sol";
import {PageLayout} from "../ocr/PageLayout.sol";
import {PageTensor, PageTensors} from "../ocr/PageTensors.sol";

/// @title Answers of the task `ocr`: steps between two graphs (specs/exact-ocr.md, "Disputes")
/// @notice See IStepStages. `opening` of a challenge: abi.encode(header of the request's tensor, root over its data). Of a run: abi.encode(PageRun). A proof:
/// abi.encode(PageProof).
contract OcrStages is IStepStages, IDisputeErrors {
    bytes32 private constant DETECTOR = keccak256("det.onnx");
    bytes32 private constant RECOGNISER = keccak256("rec.onnx");
    uint256 private constant LEAST_SIDE = 8;
    uint256 private constant MOST_SIDE = 4_096;
    uint256 private constant MOST_PIXELS = 16_000_000;

    IPageSteps public immutable steps;
    /// @dev What computes those that are text, asked without the way through `steps`.
    ISteps private immutable _texts;

    /// @param steps_ What computes the steps.
    constructor(IPageSteps steps_) {
        steps = steps_;
        _texts = steps_.texts();
    }

    function stageOf(Receipt calldata receipt, uint256 place, bytes calldata opening)
        external
        view
        returns (Stage memory)
    {
        (bytes memory header, bytes32 dataRoot) = abi.decode(opening, (bytes, bytes32));
        bytes32[] memory tensors = new bytes32[](1);
        tensors[0] = Sha256Tree.hash(abi.encodePacked(hex"02", header, dataRoot));
        if (place != 0 || _listOf(tensors) != receipt.requestDigest || !_isPage(header)) revert NoSuchStage(place);
        return Stage(Subjects.STEPS, receipt.requestDigest, receipt.responseDigest);
    }

    /// @dev All that can be wrong with a response is wrong with its steps.
    function requireMalformed(Receipt calldata, bytes calldata) external pure {
        revert NothingProved();
    }

    /// @dev Run 0 is the detector's, run i + 1 the recogniser's of piece i.
    function runOf(Game calldata state, uint256 place, bytes calldata opening) external view returns (Stage memory) {
        PageRun calldata run;
        assembly ("memory-safe") {
            run := add(opening.offset, calldataload(opening.offset))
        }
        if (place == 0) {
            _requireEntry(state, run, 0, PageLayout.FRAME, 0);
            _requireEntry(state, run, 1, PageLayout.ODDS, 0);
            if (run.digests.length != 2) revert WrongLength(run.digests.length, 2);
            return Stage(DETECTOR, _listOf(run.digests[:1]), _listOf(run.digests[1:]));
        }
        _requireEntry(state, run, 0, PageLayout.STRIP, place - 1);
        _requireEntry(state, run, 1, PageLayout.BEST, place - 1);
        _requireEntry(state, run, 2, PageLayout.LEADS, place - 1);
        if (run.digests.length != 3) revert WrongLength(run.digests.length, 3);
        return Stage(RECOGNISER, _listOf(run.digests[:1]), _listOf(run.digests[1:]));
    }

    function proveStep(
        uint256,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata encoded
    ) external view {
        Stage memory stage = Subjects.stageOf(receipt, signature);
        PageProof calldata proof;
        assembly ("memory-safe") {
            proof := add(encoded.offset, calldataload(encoded.offset))
        }
        bool isGraph = stage.graph != Subjects.STEPS;
        if (isGraph != (proof.ground == PageGround.Output)) revert NothingProved();
        if (isGraph ? _isOutput(state, receipt, stage, proof) : _isRight(state, receipt, stage, proof)) {
            revert NothingProved();
        }
    }

    /// @dev Whether all is well with what a proof about steps is about.
    function _isRight(Game calldata state, Receipt calldata receipt, Stage memory stage, PageProof calldata proof)
        private
        view
        returns (bool)
    {
        PageGround ground = proof.ground;
        if (ground == PageGround.Count && !PageLayout.isTrace(state.entries)) return false;
        PageClaims memory claims = PageClaims(receipt.weightsDigest, state.traceTree, state.entries);
        if (ground == PageGround.Count) return steps.isComplete(claims, proof.evidence);
        if (ground == PageGround.Request) {
            _requireEntry(state, proof.list, 0, PageLayout.PAGE, 0);
            return _listOf(proof.list.digests[:1]) == stage.requestDigest;
        }
        if (ground == PageGround.Response) {
            _requireEntry(state, proof.list, 0, PageLayout.TEXT, 0);
            _requireEntry(state, proof.list, 1, PageLayout.LINES, 0);
            _requireEntry(state, proof.list, 2, PageLayout.BOXES, 0);
            return _listOf(proof.list.digests[:3]) == stage.responseDigest;
        }
        if (proof.entry >= state.entries) revert NoSuchEntry(proof.entry, state.entries);
        PageOpening calldata shown = _ownOf(proof);
        PageTensor memory own = PageTensors.show(state.traceTree, shown, proof.entry, type(uint256).max);
        if (ground == PageGround.Element) return _elementOf(claims, proof) == own.get(proof.element);
        (uint8 elementType, uint32[] memory dims) = steps.shapeOf(claims, proof.entry, proof.evidence);
        (uint256 kind,) = PageLayout.kindOf(proof.entry, state.entries);
        bytes memory header = _header(PageLayout.nameOf(kind), elementType, dims);
        return keccak256(header) == keccak256(shown.header);
    }

    /// @dev The opening of the entry that a proof is about: one of the evidence's, where that has the element's leaf anyway.
    function _ownOf(PageProof calldata proof) private pure returns (PageOpening calldata) {
        return proof.own.header.length == 0 ? proof.evidence.tensors[proof.own.first] : proof.own;
    }

    /// @dev What its step makes of the evidence, which is handed on as it stands in the calldata, with all that follows it there: encoded anew it would take several
    /// thousand gas, and what reads it looks only where its offsets lead.
    function _elementOf(PageClaims memory claims, PageProof calldata proof) private view returns (int256 made) {
        (uint256 kind,) = PageLayout.kindOf(proof.entry, claims.entries);
        address target = address(PageLayout.isText(kind) ? _texts : steps);
        bytes4 selector = ISteps.elementOf.selector;
        PageEvidence calldata evidence = proof.evidence;
        (uint256 entry, uint256 element) = (proof.entry, proof.element);
        assembly ("memory-safe") {
            let call_ := mload(0x40) // beyond the free pointer, not kept
            mstore(call_, selector)
            mcopy(add(call_, 0x04), claims, 0x60)
            mstore(add(call_, 0x64), entry)
            mstore(add(call_, 0x84), element)
            mstore(add(call_, 0xa4), 0xc0)
            let length := sub(calldatasize(), evidence)
            calldatacopy(add(call_, 0xc4), evidence, length)
            let ok := staticcall(gas(), target, call_, add(0xc4, length), 0x00, 0x20)
            if or(iszero(ok), lt(returndatasize(), 0x20)) {
                returndatacopy(call_, 0, returndatasize())
                revert(call_, returndatasize())
            }
            made := mload(0x00)
        }
    }

    /// @dev Whether the outputs in the graph's own trace are those of the stage.
    function _isOutput(Game calldata state, Receipt calldata receipt, Stage memory stage, PageProof calldata proof)
        private
        view
        returns (bool)
    {
        ModelProof.Graph memory graph = ModelProof.graphOf(receipt.weightsDigest, stage.graph, proof.model);
        uint256 count = graph.outputs.length / 4;
        bytes32[] memory tensors = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            PageOpening calldata shown = proof.evidence.tensors[i];
            uint256 entry = _entryOf(graph.outputs, i);
            if (entry >= state.entries) revert NoSuchEntry(entry, state.entries);
            PageTensor memory output = PageTensors.show(state.traceTree, shown, entry, i);
            uint32[] memory dims = TensorHeader.graphDims(output.dims, output.rank);
            // With one channel the trace's order is the graph's.
            if (output.rank == 4 && dims[1] != 1) revert NothingProved();
            uint256 kind = stage.graph == DETECTOR ? PageLayout.ODDS : PageLayout.BEST + i;
            bytes memory header = _header(PageLayout.nameOf(kind), output.elementType, dims);
            tensors[i] = Sha256Tree.hash(abi.encodePacked(hex"02", header, shown.dataRoot));
        }
        return _listOf(tensors) == stage.responseDigest;
    }

    /// @dev That a digest of a list is the trace's entry of this kind.
    function _requireEntry(Game calldata state, PageRun calldata list, uint256 i, uint256 kind, uint256 piece)
        private
        view
    {
        uint256 entry = PageLayout.entryOf(kind, piece, state.entries);
        bytes32 root = Sha256Tree.climb(list.digests[i], entry, list.paths[i]);
        if (root != state.traceTree) revert WrongHash(root, state.traceTree);
    }

    /// @dev Whether a tensor with this header is a request that the task allows: u8 [1, height, width, 3] called `image`.
    function _isPage(bytes memory header) private pure returns (bool) {
        if (header.length != 24) return false;
        uint256 height;
        uint256 width;
        assembly ("memory-safe") {
            let word := mload(add(header, 0x18)) // its last 16 bytes are those of bytes 8 to 23, the dimensions
            height := and(shr(64, word), 0xffffffff)
            width := and(shr(32, word), 0xffffffff)
        }
        uint32[] memory dims = new uint32[](4);
        (dims[0], dims[1], dims[2], dims[3]) = (1, uint32(height), uint32(width), 3);
        if (keccak256(_header("image", 0, dims)) != keccak256(header)) return false;
        (uint256 least, uint256 most) = height < width ? (height, width) : (width, height);
        return least >= LEAST_SIDE && most <= MOST_SIDE && height * width <= MOST_PIXELS;
    }

    /// @dev specs/digests.md, "Tensor header".
    function _header(bytes memory name, uint8 elementType, uint32[] memory dims)
        private
        pure
        returns (bytes memory header)
    {
        header = abi.encodePacked(uint8(name.length), name, elementType, uint8(dims.length));
        for (uint256 i; i < dims.length; ++i) {
            header = abi.encodePacked(header, dims[i]);
        }
    }

    function _listOf(bytes32[] memory tensors) private view returns (bytes32) {
        return Sha256Tree.hash(abi.encodePacked(hex"0301", uint16(tensors.length), tensors));
    }

    /// @dev Four bytes each.
    function _entryOf(bytes memory outputs, uint256 output) private pure returns (uint256 entry) {
        for (uint256 i; i < 4; ++i) {
            entry = entry << 8 | uint8(outputs[4 * output + i]);
        }
    }
}
