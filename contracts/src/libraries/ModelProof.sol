// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelOpening} from "../types/Dispute.sol";
import {Sha256Tree} from "./Sha256Tree.sol";

/// @title From a receipt's weights to a formula (specs/digests.md, specs/formulas.md)
/// @notice Weights digest, list of files, `formulas.bin`, the root of a graph's formulas, a formula. And lists of tensors, which are
/// made like the list of files.
library ModelProof {
    /// @notice `formulas.bin` is not a file of that kind, or does not name the graph; or a root's preimage is none.
    error MalformedModel();
    error WrongModel(bytes32 given, bytes32 expected);
    error WrongList(bytes32 given, bytes32 expected);
    error WrongFormula(bytes32 given, bytes32 expected);
    error NoSuchFormula(uint256 entry, uint256 formulas);

    /// @notice What a root commits to.
    /// @param outputs For each output its entry, four bytes, big-endian.
    struct Graph {
        uint256 entries;
        bytes outputs;
        bytes32 tree;
    }

    bytes1 private constant TENSOR_LIST = 0x03;
    bytes1 private constant BUNDLE = 0x05;
    /// @dev One leaf.
    uint256 private constant MAX_FILE = 512;
    /// @dev Before the outputs: tag, version, entries (4), inputs, outputs.
    uint256 private constant GRAPH_HEAD = 8;

    /// @notice What the weights commit to for a graph.
    /// @param name keccak256 of its path.
    function graphOf(bytes32 weights, bytes32 name, ModelOpening calldata model) internal view returns (Graph memory) {
        bytes calldata file = model.formulasFile;
        requireFile(weights, model.files, model.place, "formulas.bin", file);
        (bytes32 root, bytes32 named) = (Sha256Tree.hash(model.graph), _rootIn(file, name));
        if (root != named) revert WrongModel(root, named);
        return _parse(model.graph);
    }

    /// @notice Reverts unless the weights have this file of at most one leaf.
    /// @param files Digests of all of them. @param place Which of them it is.
    function requireFile(
        bytes32 weights,
        bytes32[] calldata files,
        uint256 place,
        string memory path,
        bytes calldata file
    ) internal view {
        bytes32 bundle = _list(BUNDLE, files);
        if (bundle != weights) revert WrongModel(bundle, weights);
        if (place >= files.length || file.length > MAX_FILE) revert MalformedModel();
        bytes memory head = abi.encodePacked(hex"04", uint8(bytes(path).length), path, uint64(file.length));
        bytes32 digest = Sha256Tree.hash(abi.encodePacked(head, Sha256Tree.dataRoot(file, 0)));
        if (digest != files[place]) revert WrongModel(digest, files[place]);
    }

    /// @notice Reverts unless `formula` is that of `entry`.
    function requireFormula(Graph memory graph, uint256 entry, bytes calldata formula, bytes32[] calldata path)
        internal
        view
    {
        if (entry >= graph.entries) revert NoSuchFormula(entry, graph.entries);
        bytes32 root = Sha256Tree.climb(Sha256Tree.hash(abi.encodePacked(hex"08", formula)), entry, path);
        // A path of another length can't lead to this root: leaves and nodes have different tags.
        if (root != graph.tree) revert WrongFormula(root, graph.tree);
    }

    /// @notice Reverts unless a request or response consists of these tensors.
    function requireList(bytes32[] calldata tensors, bytes32 digest) internal view {
        bytes32 given = _list(TENSOR_LIST, tensors);
        if (given != digest) revert WrongList(given, digest);
    }

    function _list(bytes1 tag, bytes32[] calldata digests) private view returns (bytes32) {
        return Sha256Tree.hash(abi.encodePacked(tag, hex"01", uint16(digests.length), digests));
    }

    /// @dev `01` ‖ number of graphs (1) ‖ for each: path length (1) ‖ path ‖ root (32). Reads beyond the end revert.
    function _rootIn(bytes calldata file, bytes32 name) private pure returns (bytes32) {
        if (file.length < 2 || file[0] != 0x01) revert MalformedModel();
        uint256 offset = 2;
        unchecked {
            for (uint256 graphs = uint8(file[1]); graphs != 0; --graphs) {
                uint256 end = offset + 1 + uint8(file[offset]);
                if (keccak256(file[offset + 1:end]) == name) return bytes32(file[end:end + 32]);
                offset = end + 32;
            }
        }
        revert MalformedModel();
    }

    /// @dev `07` ‖ `01` ‖ entries (4) ‖ inputs (1) ‖ outputs (1) ‖ for each output its entry (4) ‖ tree root.
    function _parse(bytes calldata graph) private pure returns (Graph memory) {
        if (graph.length < GRAPH_HEAD || bytes2(graph) != 0x0701) revert MalformedModel();
        uint256 end = GRAPH_HEAD + 4 * uint256(uint8(graph[7]));
        if (graph.length != end + 32) revert MalformedModel();
        return Graph(uint32(bytes4(graph[2:6])), graph[GRAPH_HEAD:end], bytes32(graph[end:]));
    }
}
