// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IDisputeErrors} from "../../src/interfaces/IDisputeErrors.sol";
import {IStepStages} from "../../src/interfaces/IStepStages.sol";
import {Subjects} from "../../src/libraries/Subjects.sol";
import {Game, Stage} from "../../src/types/Dispute.sol";
import {Receipt} from "../../src/types/Market.sol";
import {Trees} from "./Trees.sol";
import {Run, Worlds} from "./Worlds.sol";

/// @title What a stand-in's steps come to
library StepsMath {
    uint256 internal constant ENTRIES = 6;
    /// @notice The entry that holds what a graph was given and what it gave: digests of lists.
    uint256 internal constant GIVEN = 3;
    /// @notice The entry of the graph's trace that is its output.
    uint256 internal constant OUTPUT = 4;

    function headerOf(uint256 entry) internal pure returns (bytes memory) {
        uint32[] memory dims = new uint32[](1);
        dims[0] = 64;
        return Worlds.headerOf(string.concat("s", Worlds.decimal(entry)), 0, dims);
    }

    function dataOf(bytes32 requestDigest, uint256 entry) internal pure returns (bytes memory) {
        return abi.encode(requestDigest, keccak256(abi.encode(requestDigest, entry)));
    }

    /// @notice All entries of an answer whose graph was given `runRequest` and gave `runResponse`.
    function runOf(bytes32 requestDigest, bytes32 runRequest, bytes32 runResponse)
        internal
        pure
        returns (Run memory run)
    {
        (run.headers, run.data) = (new bytes[](ENTRIES), new bytes[](ENTRIES));
        for (uint256 i; i < ENTRIES; ++i) {
            run.headers[i] = headerOf(i);
            run.data[i] = i == GIVEN ? abi.encode(runRequest, runResponse) : dataOf(requestDigest, i);
        }
    }

    /// @notice Digest of the response of a run whose output is this entry.
    function responseOf(bytes32 entryDigest) internal pure returns (bytes32) {
        return sha256(abi.encodePacked("response", entryDigest));
    }
}

/// @title A task of steps of which right and wrong can be told
/// @notice Its answers are one run of a graph among steps. A proof is abi.encode(entry, its digest, its path): in a game about steps of an entry that is not
/// what the request makes it, in one about the run of an output that is not what the steps were said to have got. A run's opening is abi.encode(data, path)
/// of the entry that says it.
contract CheckedSteps is IStepStages {
    error NotShown();

    function stageOf(Receipt calldata receipt, uint256 place, bytes calldata) external pure returns (Stage memory) {
        if (place != 0) revert NoSuchStage(place);
        return Stage(keccak256("steps"), receipt.requestDigest, receipt.responseDigest);
    }

    function requireMalformed(Receipt calldata, bytes calldata) external pure {
        revert IDisputeErrors.NothingProved();
    }

    function runOf(Game calldata state, uint256 place, bytes calldata opening) external pure returns (Stage memory) {
        if (place != 0) revert NoSuchStage(place);
        (bytes memory data, bytes32[] memory path) = abi.decode(opening, (bytes, bytes32[]));
        bytes32 digest = Worlds.tensorDigest(StepsMath.headerOf(StepsMath.GIVEN), data);
        requireEntry(state, StepsMath.GIVEN, digest, path);
        (bytes32 runRequest, bytes32 runResponse) = abi.decode(data, (bytes32, bytes32));
        return Stage(keccak256("generate"), runRequest, runResponse);
    }

    function proveStep(
        uint256,
        Game calldata state,
        Receipt calldata receipt,
        bytes calldata signature,
        bytes calldata proof
    ) external pure {
        Stage memory stage = Subjects.stageOf(receipt, signature);
        (uint256 entry, bytes32 digest, bytes32[] memory path) = abi.decode(proof, (uint256, bytes32, bytes32[]));
        requireEntry(state, entry, digest, path);
        bool right = stage.graph == keccak256("steps")
            ? entry == StepsMath.GIVEN || digest == digestOf(receipt.requestDigest, entry)
            : entry != StepsMath.OUTPUT || StepsMath.responseOf(digest) == stage.responseDigest;
        if (right) revert IDisputeErrors.NothingProved();
    }

    function digestOf(bytes32 requestDigest, uint256 entry) private pure returns (bytes32) {
        return Worlds.tensorDigest(StepsMath.headerOf(entry), StepsMath.dataOf(requestDigest, entry));
    }

    /// @dev A path of another length would open a node that is no entry.
    function requireEntry(Game calldata state, uint256 entry, bytes32 node, bytes32[] memory path) private pure {
        if (entry >= state.entries || path.length != Trees.depthOf(state.entries)) revert NotShown();
        for (uint256 i; i < path.length; ++i) {
            node = entry >> i & 1 == 0 ? Trees.inner(node, path[i]) : Trees.inner(path[i], node);
        }
        if (node != state.traceTree) revert NotShown();
    }
}
