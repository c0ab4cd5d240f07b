// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Code} from "./Code.sol";
import {Node} from "./Node.sol";
import {Program, Programs} from "./Program.sol";
import {Tensor, Tensors} from "./Tensors.sol";
import {Claims, IFormulas, LeafOpening, TensorOpening} from "../../interfaces/IFormulas.sol";

/// @title Tensors that a formula reads, proved when they are first asked for
library Opened {
    /// @notice The tensor of a node of code `01`, `02` or `03`.
    function tensorOf(Program memory program, Node node) internal view returns (Tensor tensor) {
        tensor = Tensor.wrap(node.tensor());
        if (Tensor.unwrap(tensor) == 0) {
            tensor = _openTensor(program, node);
            node.setTensor(Tensor.unwrap(tensor));
        }
    }

    function _openTensor(Program memory program, Node node) private view returns (Tensor tensor) {
        unchecked {
            uint256 code = node.code();
            uint256 where = node.content();
            uint256 index;
            if (code == Code.ENTRY) index = Programs.word4(where);
            else index = code == Code.INPUT ? Programs.byteAt(where) : where - 1 - program.start;
            uint256 place = Tensors.find(_openings(program), code, index);
            bool isGiven = place < program.opened.length;
            if (isGiven && Tensor.unwrap(program.opened[place]) != 0) return program.opened[place];
            if (code == Code.CONSTANT) {
                tensor = _constant(where, index);
                if (isGiven) tensor.readLeaves(_leaves(program), place, _rootOf(where));
            } else {
                if (!isGiven) revert IFormulas.TensorMissing(uint8(code), index);
                if (code == Code.ENTRY) return _openEntry(program, place);
                tensor = Tensors.openInput(_openings(program), place, _claims(program).request, _leaves(program));
            }
            if (isGiven) program.opened[place] = tensor;
        }
    }

    /// @dev The entry of an opening. A path that ends below the root is joined to that of another entry, which is opened first: where it ends stands what the
    /// other's path has there. Each is longer than the one before it, so this comes to an end.
    function _openEntry(Program memory program, uint256 place) private view returns (Tensor tensor) {
        tensor = program.opened[place];
        if (Tensor.unwrap(tensor) != 0) return tensor;
        TensorOpening[] calldata openings = _openings(program);
        Claims calldata claims = _claims(program);
        uint256 index = openings[place].index;
        uint256 depth = openings[place].path.length;
        bytes32 root = claims.traceTree;
        if (depth != program.levels) {
            uint256 other = Tensors.findJoined(openings, index, depth);
            if (other == openings.length) revert IFormulas.WrongTensorOpening(place);
            _openEntry(program, other);
            root = openings[other].path[depth];
        }
        if (index >= claims.entries) revert IFormulas.WrongTensorOpening(place);
        tensor = Tensors.openEntry(openings, place, root, _leaves(program));
        program.opened[place] = tensor;
    }

    /// @dev The constant whose description is at an address: type (1), u (2), rank (1), dims (4 each), order (1 each), root (32).
    function _constant(uint256 where, uint256 index) private pure returns (Tensor tensor) {
        unchecked {
            uint256 rank = Programs.byteAt(where + 3);
            uint256 dims;
            assembly ("memory-safe") {
                dims := shr(sub(256, shl(5, rank)), mload(add(where, 4)))
            }
            uint256 order;
            uint256 seen;
            for (uint256 i; i < rank; ++i) {
                uint256 axis = Programs.byteAt(where + 4 + 4 * rank + i);
                if (axis >= rank) revert IFormulas.MalformedFormula(index);
                seen |= 1 << axis;
                order |= (rank - 1 - axis) << (248 - 8 * i);
            }
            tensor = Tensors.create(Tensors.CONSTANT, index);
            bool made = tensor.setType(Programs.byteAt(where)) && tensor.setShape(rank, dims, order);
            if (seen + 1 != 1 << rank || !made) revert IFormulas.MalformedFormula(index);
        }
    }

    function _rootOf(uint256 where) private pure returns (bytes32 root) {
        unchecked {
            uint256 from = where + 4 + 5 * Programs.byteAt(where + 3);
            assembly ("memory-safe") {
                root := mload(from)
            }
        }
    }

    function _claims(Program memory program) private pure returns (Claims calldata claims) {
        uint256 from = program.claims;
        assembly ("memory-safe") {
            claims := from
        }
    }

    function _openings(Program memory program) private pure returns (TensorOpening[] calldata openings) {
        uint256 from = program.openings;
        uint256 count = program.opened.length;
        assembly ("memory-safe") {
            openings.offset := from
            openings.length := count
        }
    }

    function _leaves(Program memory program) private pure returns (LeafOpening[] calldata leaves) {
        uint256 from = program.leaves;
        uint256 count = program.leafCount;
        assembly ("memory-safe") {
            leaves.offset := from
            leaves.length := count
        }
    }
}
