// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelOpening} from "../../src/types/Dispute.sol";
import {StandIn, StandInMath} from "./StandInFormulas.sol";
import {Trees} from "./Trees.sol";

/// @notice A model: what its weights commit to.
/// @param formulas Of each entry, abi.encode(StandIn). @param outputs The entries that are outputs.
struct World {
    bytes[] formulas;
    uint32[] outputs;
    bytes graph;
    bytes formulasFile;
    bytes32[] files;
    bytes32 weights;
}

/// @notice What a seller computed, or says it did.
/// @param headers Of each entry. @param data Of each entry.
struct Run {
    bytes[] headers;
    bytes[] data;
}

/// @title Models and runs to play about
library Worlds {
    /// @notice Bytes of an element of each type.
    function sizeOf(uint256 storedType) internal pure returns (uint256) {
        return [1, 1, 4, 4, 8, 4, 2][storedType];
    }

    function worldOf(StandIn[] memory all, uint32[] memory outputs) internal pure returns (World memory world) {
        world.formulas = new bytes[](all.length);
        bytes32[] memory digests = new bytes32[](all.length);
        for (uint256 i; i < all.length; ++i) {
            world.formulas[i] = abi.encode(all[i]);
            digests[i] = formulaDigest(world.formulas[i]);
        }
        world.outputs = outputs;
        world.graph = abi.encodePacked(hex"0701", uint32(all.length), uint8(2), uint8(outputs.length));
        for (uint256 i; i < outputs.length; ++i) {
            world.graph = abi.encodePacked(world.graph, outputs[i]);
        }
        world.graph = abi.encodePacked(world.graph, Trees.root(digests, 0));
        bind(world, fileOf("model.onnx", sha256(world.graph)));
    }

    /// @notice Gives the model this `formulas.bin`.
    function bind(World memory world, bytes memory formulasFile) internal pure {
        world.formulasFile = formulasFile;
        world.files = new bytes32[](3);
        world.files[0] = fileDigest("decoder.onnx", 123, "decoder");
        world.files[1] = fileDigest("formulas.bin", formulasFile.length, Trees.dataRoot(formulasFile));
        world.files[2] = fileDigest("model.onnx", 456, "model");
        world.weights = sha256(abi.encodePacked(hex"0501", uint16(3), world.files));
    }

    /// @dev Another graph stands before.
    function fileOf(string memory path, bytes32 root) internal pure returns (bytes memory) {
        bytes memory other = abi.encodePacked(uint8(12), "decoder.onnx", bytes32("another root"));
        return abi.encodePacked(hex"0102", other, uint8(bytes(path).length), path, root);
    }

    function fileDigest(string memory path, uint256 size, bytes32 root) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(hex"04", uint8(bytes(path).length), path, uint64(size), root));
    }

    function formulaDigest(bytes memory formula) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(hex"08", formula));
    }

    function opening(World memory world) internal pure returns (ModelOpening memory) {
        return ModelOpening(world.files, 1, world.formulasFile, world.graph);
    }

    function formulaPath(World memory world, uint256 entry) internal pure returns (bytes32[] memory) {
        bytes32[] memory digests = new bytes32[](world.formulas.length);
        for (uint256 i; i < digests.length; ++i) {
            digests[i] = formulaDigest(world.formulas[i]);
        }
        return Trees.path(digests, 0, 0, entry, Trees.depthOf(digests.length));
    }

    function headerOf(string memory name, uint8 storedType, uint32[] memory dims)
        internal
        pure
        returns (bytes memory header)
    {
        header = abi.encodePacked(uint8(bytes(name).length), name, storedType, uint8(dims.length));
        for (uint256 i; i < dims.length; ++i) {
            header = abi.encodePacked(header, dims[i]);
        }
    }

    /// @notice Lengths as stored.
    function storedDims(uint32[] memory dims) internal pure returns (uint32[] memory stored) {
        if (dims.length != 4) return dims;
        stored = new uint32[](4);
        (stored[0], stored[1], stored[2], stored[3]) = (dims[0], dims[2], dims[3], dims[1]);
    }

    function countOf(uint32[] memory dims) internal pure returns (uint256 count) {
        count = 1;
        for (uint256 i; i < dims.length; ++i) {
            count *= dims[i];
        }
    }

    /// @notice What an honest seller computes.
    function truthOf(World memory world) internal pure returns (Run memory run) {
        run.headers = new bytes[](world.formulas.length);
        run.data = new bytes[](world.formulas.length);
        for (uint256 i; i < world.formulas.length; ++i) {
            StandIn memory f = abi.decode(world.formulas[i], (StandIn));
            run.headers[i] = headerOf(entryName(i), f.storedType, storedDims(f.dims));
            run.data[i] = dataOf(f);
        }
    }

    function dataOf(StandIn memory f) internal pure returns (bytes memory data) {
        uint256 size = sizeOf(f.storedType);
        uint256 count = countOf(f.dims);
        data = new bytes(count * size);
        for (uint256 i; i < count; ++i) {
            data[i * size] = bytes1(uint8(uint256(elementOf(f, i)))); // 0 to 127: one byte of any type
        }
    }

    function elementOf(StandIn memory f, uint256 element) internal pure returns (int256) {
        int256 sum = StandInMath.start(f.seed, element);
        for (uint256 i; i < f.chunks.length; ++i) {
            sum += StandInMath.stateAfter(f.seed, element, i, f.chunks[i]);
        }
        return StandInMath.valueOf(sum);
    }

    function entryName(uint256 entry) internal pure returns (string memory) {
        return string.concat("t", decimal(entry));
    }

    function decimal(uint256 number) internal pure returns (string memory) {
        if (number < 10) return string(abi.encodePacked(bytes1(uint8(0x30 + number))));
        return string.concat(decimal(number / 10), decimal(number % 10));
    }

    /// @notice Digests of the run's entries.
    function digestsOf(Run memory run) internal pure returns (bytes32[] memory digests) {
        digests = new bytes32[](run.headers.length);
        for (uint256 i; i < digests.length; ++i) {
            digests[i] = tensorDigest(run.headers[i], run.data[i]);
        }
    }

    function tensorDigest(bytes memory header, bytes memory data) internal pure returns (bytes32) {
        return sha256(abi.encodePacked(hex"02", header, Trees.dataRoot(data)));
    }

    /// @notice Header and data of an output as a response has it: elements in the graph's order.
    function outputOf(World memory world, Run memory run, uint256 output)
        internal
        pure
        returns (bytes memory header, bytes memory data)
    {
        uint256 entry = world.outputs[output];
        StandIn memory f = abi.decode(world.formulas[entry], (StandIn));
        header = headerOf(string.concat("y", decimal(output)), f.storedType, f.dims);
        data = f.dims.length == 4 ? transposed(run.data[entry], f.dims, sizeOf(f.storedType)) : run.data[entry];
    }

    /// @dev From n, h, w, c to n, c, h, w.
    function transposed(bytes memory data, uint32[] memory dims, uint256 size)
        internal
        pure
        returns (bytes memory out)
    {
        out = new bytes(data.length);
        uint256 to;
        for (uint256 n; n < dims[0]; ++n) {
            for (uint256 c; c < dims[1]; ++c) {
                for (uint256 y; y < dims[2]; ++y) {
                    for (uint256 x; x < dims[3]; ++x) {
                        uint256 from = ((n * dims[2] + y) * dims[3] + x) * dims[1] + c;
                        for (uint256 b; b < size; ++b) {
                            out[to++] = data[from * size + b];
                        }
                    }
                }
            }
        }
    }
}
