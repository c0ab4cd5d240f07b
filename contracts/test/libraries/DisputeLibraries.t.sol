// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Cuts} from "../../src/libraries/Cuts.sol";
import {LeafReading} from "../../src/libraries/LeafReading.sol";
import {ModelProof} from "../../src/libraries/ModelProof.sol";
import {PartTree} from "../../src/libraries/PartTree.sol";
import {Sha256Tree} from "../../src/libraries/Sha256Tree.sol";
import {TensorHeader} from "../../src/libraries/TensorHeader.sol";
import {TokenIds} from "../../src/libraries/TokenIds.sol";
import {ModelOpening} from "../../src/types/Dispute.sol";
import {Test} from "../base/Test.sol";
import {StandIn} from "../verification/StandInFormulas.sol";
import {Trees} from "../verification/Trees.sol";
import {World, Worlds} from "../verification/Worlds.sol";

/// @dev Libraries take calldata.
contract Outside {
    function climb(bytes32 node, uint256 index, bytes32[] calldata path) external view returns (bytes32) {
        return Sha256Tree.climb(node, index, path);
    }

    function rowRoot(bytes32[] calldata nodes, uint256 levels, bytes32 zero) external view returns (bytes32) {
        return Sha256Tree.rowRoot(nodes, levels, zero);
    }

    function dataRoot(bytes calldata data, uint256 levels) external view returns (bytes32) {
        return Sha256Tree.dataRoot(data, levels);
    }

    function partRoot(int128 before, bytes calldata states) external pure returns (bytes32, int128) {
        return PartTree.build(before, states);
    }

    function partClimb(bytes32 node, uint256 index, bytes32[] calldata path) external pure returns (bytes32) {
        return PartTree.climb(node, index, path);
    }

    function header(bytes calldata header_) external pure returns (uint8, uint8, bytes32) {
        return TensorHeader.parse(header_);
    }

    function isEntry(bytes calldata header_, uint256 entry) external pure returns (bool) {
        return TensorHeader.isEntry(header_, entry);
    }

    function elementsOf(bytes32 dims, uint256 rank) external pure returns (uint256) {
        return TensorHeader.elementsOf(dims, rank);
    }

    function read(bytes calldata leaf, uint8 elementType, uint256 element) external pure returns (int256) {
        return LeafReading.read(leaf, elementType, element);
    }

    function areBelow(bytes calldata ids, uint256 bound) external pure returns (bool) {
        return TokenIds.areBelow(ids, bound);
    }

    function graphOf(bytes32 weights, ModelOpening calldata model) external view returns (ModelProof.Graph memory) {
        return ModelProof.graphOf(weights, keccak256("model.onnx"), model);
    }

    function requireFormula(
        bytes32 weights,
        ModelOpening calldata model,
        uint256 entry,
        bytes calldata formula,
        bytes32[] calldata path
    ) external view {
        ModelProof.requireFormula(ModelProof.graphOf(weights, keccak256("model.onnx"), model), entry, formula, path);
    }
}

/// @title What disputes stand on, against the pages written out plainly
contract DisputeLibrariesTest is Test {
    Outside private immutable outside = new Outside();

    function testFuzz_Rows(bytes32[] memory bottom, uint256 down, uint256 index) public view {
        if (bottom.length > 40) {
            assembly ("memory-safe") {
                mstore(bottom, 40)
            }
        }
        if (bottom.length == 0) bottom = new bytes32[](1);
        uint256 depth = Trees.depthOf(bottom.length);
        down = bound(down, 0, depth);
        bytes32[] memory row = Trees.row(bottom, 0, depth, 0, down);
        bytes32 zero = Sha256Tree.padding(0, depth - down);
        vm.assertEq(zero, Trees.nodeAt(new bytes32[](0), 0, depth - down, 0), "padding");
        vm.assertEq(outside.rowRoot(row, down, zero), Trees.root(bottom, 0), "root");
        index = bound(index, 0, bottom.length - 1);
        bytes32[] memory path = Trees.path(bottom, 0, 0, index, depth);
        vm.assertEq(outside.climb(bottom[index], index, path), Trees.root(bottom, 0), "path");
    }

    function testFuzz_Data(bytes memory data, uint256 more) public view {
        uint256 depth = Trees.depthOf(Trees.leavesOf(data).length);
        vm.assertEq(outside.dataRoot(data, depth), Trees.dataRoot(data), "root");
        more = bound(more, 0, 3);
        bytes32[] memory leaves = Trees.leavesOf(data);
        bytes32 above = Trees.nodeAt(leaves, Trees.zeroLeaf(), depth + more, 0);
        vm.assertEq(outside.dataRoot(data, depth + more), above, "filled up");
    }

    function test_DataOfEveryLength() public view {
        vm.assertEq(Sha256Tree.ZERO_LEAF, Trees.zeroLeaf(), "zero leaf");
        uint256[8] memory lengths = [uint256(0), 1, 511, 512, 513, 1_024, 2_047, 8_192];
        for (uint256 i; i < 8; ++i) {
            bytes memory data = new bytes(lengths[i]);
            for (uint256 j; j < data.length; ++j) {
                data[j] = bytes1(uint8(j * 7 + i));
            }
            vm.assertEq(
                outside.dataRoot(data, Trees.depthOf(Trees.leavesOf(data).length)), Trees.dataRoot(data), "root"
            );
        }
    }

    function testFuzz_Parts(int128 before, int128[] memory all, uint256 index) public view {
        uint256 count = bound(all.length, 1, 128);
        bytes32[] memory parts = new bytes32[](count);
        bytes memory states;
        int128 previous = before;
        for (uint256 i; i < count; ++i) {
            int128 state = i < all.length ? all[i] : int128(int256(i));
            states = abi.encodePacked(states, state);
            parts[i] = bytes32(abi.encodePacked(previous, state));
            vm.assertEq(PartTree.leaf(previous, state), parts[i], "leaf");
            previous = state;
        }
        (bytes32 root, int128 last) = outside.partRoot(before, states);
        vm.assertEq(root, Trees.partNode(parts, Trees.depthOf(count), 0), "root");
        vm.assertTrue(last == previous, "last");
        index = bound(index, 0, count - 1);
        vm.assertEq(outside.partClimb(parts[index], index, Trees.partPath(parts, index)), root, "path");
    }

    function test_CutsOfEveryDepth() public pure {
        for (uint256 d; d <= 43; ++d) {
            vm.assertEq(Cuts.dataRow(d), Trees.dataRow(d), "data");
            // As few rows as can be, none of more than 128 nodes, and at most 16 leaves at the end.
            (uint256 rows, uint256 left) = (0, d);
            while (Cuts.dataRow(left) != 0) {
                vm.assertLe(Cuts.dataRow(left), 7, "128 nodes");
                left -= Cuts.dataRow(left);
                ++rows;
            }
            vm.assertLe(left, 4, "16 leaves");
            vm.assertEq(rows, d <= 4 ? 0 : (d - 4 + 6) / 7, "as few as can be");
        }
    }

    /// @dev 128 nodes a row, 256 where the trace is that of steps, 512 in a run among them.
    function test_CutsOfEveryTrace() public pure {
        bytes32[3] memory folds = [bytes32(0), keccak256("steps"), keccak256("run")];
        for (uint256 i; i < folds.length; ++i) {
            for (uint256 d; d <= 32; ++d) {
                (uint256 rows, uint256 left) = (0, d);
                while (left != 0) {
                    uint256 row = Cuts.traceRow(left, folds[i]);
                    vm.assertEq(row, Trees.traceRow(left, folds[i]), "trace");
                    vm.assertLe(row, 7 + i, "most nodes");
                    left -= row;
                    ++rows;
                }
                vm.assertEq(rows, (d + 6 + i) / (7 + i), "as few as can be");
            }
        }
    }

    function testFuzz_IdsBelowABound(uint32[] calldata ids, uint32 limit, uint256 most) public view {
        bytes memory data;
        bool below = true;
        most = bound(most, 1, 1 << 32); // ids near the bound, too
        for (uint256 i; i < ids.length && i < 40; ++i) {
            uint32 id = uint32(ids[i] % most);
            data = abi.encodePacked(data, uint8(id), uint8(id >> 8), uint8(id >> 16), uint8(id >> 24));
            if (id >= limit) below = false;
        }
        vm.assertTrue(outside.areBelow(data, limit) == below, "below");
        vm.assertTrue(outside.areBelow("", limit), "none");
    }

    function test_TheIdAtTheBoundIsNotBelowIt() public view {
        for (uint256 i; i < 20; ++i) {
            bytes memory data = new bytes(80);
            vm.assertTrue(outside.areBelow(data, 1), "zeros");
            data[4 * i + 3] = 0xff;
            vm.assertTrue(!outside.areBelow(data, 0xff000000), "at the bound");
            vm.assertTrue(outside.areBelow(data, 0xff000001), "below it");
        }
    }

    function testFuzz_PartsOfAnyFold(uint32 chunks, uint256 folds) public pure {
        chunks = uint32(bound(chunks, 2, type(uint32).max));
        folds = bound(folds, 1, 127);
        (uint256 size, uint256 parts) = Cuts.partsOf(chunks, folds);
        vm.assertEq(size, Trees.partSize(chunks, folds), "size");
        vm.assertEq(parts, Trees.ceilDiv(chunks, size), "parts");
        vm.assertLe(parts * folds, folds > 64 ? 254 : 128, "states posted");
        vm.assertGe(parts, 2, "it becomes less");
    }

    function testFuzz_Headers(uint8 elementType, uint32[] memory dims, uint32 entry) public view {
        elementType %= 7;
        if (dims.length > 8) {
            assembly ("memory-safe") {
                mstore(dims, 8)
            }
        }
        bytes memory header = Worlds.headerOf(Worlds.entryName(entry), elementType, dims);
        (uint8 type_, uint8 rank, bytes32 packed) = outside.header(header);
        vm.assertEq(type_, elementType, "type");
        vm.assertEq(rank, dims.length, "rank");
        for (uint256 i; i < dims.length; ++i) {
            vm.assertEq(TensorHeader.dimAt(packed, i), dims[i], "dims");
        }
        vm.assertTrue(outside.isEntry(header, entry), "name");
        vm.assertTrue(!outside.isEntry(header, uint256(entry) + 1), "another's name");
        uint32[] memory graph = TensorHeader.graphDims(packed, rank);
        uint32[] memory again = Worlds.storedDims(graph);
        vm.assertEq(keccak256(abi.encode(again)), keccak256(abi.encode(dims)), "the graph's order");
        if (header.length > 3) {
            (bool success,) =
                address(outside).staticcall(abi.encodeCall(outside.header, (Trees.slice(header, 0, header.length - 1))));
            vm.assertTrue(!success, "too short");
        }
        (bool longer,) = address(outside).staticcall(abi.encodeCall(outside.header, (bytes.concat(header, hex"00"))));
        vm.assertTrue(!longer, "too long");
    }

    function test_NamesThatAreNoEntrys() public view {
        string[9] memory names = ["t", "t07", "t00", "u7", "t7a", "t/7", "t:", "tt", "t12345678901"];
        for (uint256 i; i < 9; ++i) {
            bytes memory header = Worlds.headerOf(names[i], 0, new uint32[](0));
            vm.assertTrue(!outside.isEntry(header, 7), names[i]);
            vm.assertTrue(!outside.isEntry(header, 0), names[i]);
        }
        vm.assertTrue(outside.isEntry(Worlds.headerOf("t0", 0, new uint32[](0)), 0), "t0");
    }

    function test_HeadersThatAreNone() public view {
        bytes[6] memory headers = [bytes(""), hex"00", hex"0000", hex"0261610700", hex"02616100", hex"02616100090000"];
        for (uint256 i; i < 6; ++i) {
            (bool success,) = address(outside).staticcall(abi.encodeCall(outside.header, (headers[i])));
            vm.assertTrue(!success, "refused");
        }
    }

    function test_TensorsThatNobodyHolds() public {
        bytes32 dims = bytes32(uint256(type(uint32).max) << 224 | uint256(type(uint32).max) << 192);
        vm.expectRevert(TensorHeader.TensorTooLarge.selector);
        outside.elementsOf(dims, 2);
        vm.expectRevert(TensorHeader.TensorTooLarge.selector);
        outside.elementsOf(bytes32(type(uint256).max), 8);
        vm.assertEq(outside.elementsOf(bytes32(type(uint256).max << 32), 8), 0, "none");
        vm.assertEq(outside.elementsOf(0, 0), 1, "rank 0");
    }

    function test_ElementsOfEveryType() public {
        bytes memory leaf = new bytes(512);
        for (uint256 i = 504; i < 512; ++i) {
            leaf[i] = bytes1(uint8(0x80 + i - 504));
        }
        vm.assertTrue(outside.read(leaf, 0, 511) == 0x87, "u8");
        vm.assertTrue(outside.read(leaf, 1, 511) == int8(-0x79), "i8");
        vm.assertTrue(outside.read(leaf, 6, 255) == int16(-0x787a), "i16");
        vm.assertTrue(outside.read(leaf, 2, 127) == int32(-0x78797a7c), "i32");
        vm.assertTrue(outside.read(leaf, 3, 127) == 0x87868584, "u32");
        vm.assertTrue(outside.read(leaf, 4, 63) == -0x78797a7b7c7d7e80, "i64");
        vm.assertTrue(outside.read(leaf, 4, 63 + 64) == -0x78797a7b7c7d7e80, "in any leaf");
        vm.expectRevert(abi.encodeWithSelector(LeafReading.NoInteger.selector, 5));
        outside.read(leaf, 5, 0);
    }

    function test_FilesThatNameNoGraph() public {
        World memory world = worldOf();
        bytes32 root = sha256(world.graph);
        outside.graphOf(world.weights, Worlds.opening(world));
        bytes[6] memory files = [
            bytes(""),
            hex"01",
            hex"0100",
            abi.encodePacked(hex"0201", uint8(10), "model.onnx", root), // another version
            abi.encodePacked(hex"0101", uint8(10), "model.onny", root),
            abi.encodePacked(hex"0101", uint8(10), "model.onnx", bytes31(root))
        ];
        for (uint256 i; i < 6; ++i) {
            Worlds.bind(world, files[i]);
            (bool success,) =
                address(outside).staticcall(abi.encodeCall(outside.graphOf, (world.weights, Worlds.opening(world))));
            vm.assertTrue(!success, "refused");
        }
        // More than one leaf is no such file.
        Worlds.bind(world, abi.encodePacked(hex"0101", uint8(10), "model.onnx", root, new bytes(500)));
        vm.expectRevert(ModelProof.MalformedModel.selector);
        outside.graphOf(world.weights, Worlds.opening(world));
        Worlds.bind(world, abi.encodePacked(hex"0101", uint8(10), "model.onnx", root));
        vm.assertEq(outside.graphOf(world.weights, Worlds.opening(world)).entries, 3, "the least one");
    }

    function test_RootsWithoutAPreimage() public {
        bytes[5] memory graphs = [
            bytes(hex"0701"),
            abi.encodePacked(hex"0702", uint32(3), hex"0201", uint32(2), bytes32("tree")),
            abi.encodePacked(hex"0801", uint32(3), hex"0201", uint32(2), bytes32("tree")),
            abi.encodePacked(hex"0701", uint32(3), hex"0202", uint32(2), bytes32("tree")),
            abi.encodePacked(hex"0701", uint32(3), hex"0201", uint32(2), bytes32("tree"), hex"00")
        ];
        for (uint256 i; i < 5; ++i) {
            World memory world = worldOf();
            world.graph = graphs[i];
            Worlds.bind(world, Worlds.fileOf("model.onnx", sha256(graphs[i])));
            vm.expectRevert(ModelProof.MalformedModel.selector);
            outside.graphOf(world.weights, Worlds.opening(world));
        }
    }

    function test_FormulasAreProvedOneByOne() public {
        World memory world = worldOf();
        for (uint256 i; i < 3; ++i) {
            outside.requireFormula(
                world.weights, Worlds.opening(world), i, world.formulas[i], Worlds.formulaPath(world, i)
            );
            (bool success,) = address(outside)
                .staticcall(
                    abi.encodeCall(
                        outside.requireFormula,
                        (
                            world.weights,
                            Worlds.opening(world),
                            i,
                            world.formulas[(i + 1) % 3],
                            Worlds.formulaPath(world, i)
                        )
                    )
                );
            vm.assertTrue(!success, "another's");
        }
        bytes32[] memory path = Worlds.formulaPath(world, 0);
        vm.expectRevert(abi.encodeWithSelector(ModelProof.NoSuchFormula.selector, 3, 3));
        outside.requireFormula(world.weights, Worlds.opening(world), 3, "", path);
    }

    function worldOf() private pure returns (World memory) {
        StandIn[] memory all = new StandIn[](3);
        uint32[] memory outputs = new uint32[](1);
        outputs[0] = 2;
        for (uint256 i; i < 3; ++i) {
            all[i].seed = i;
        }
        return Worlds.worldOf(all, outputs);
    }
}
