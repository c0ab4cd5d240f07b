// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Code} from "./Code.sol";
import {Node, Nodes} from "./Node.sol";
import {Tensor, Tensors} from "./Tensors.sol";
import {Claims, Evidence, IFormulas, LeafOpening, TensorOpening} from "../../interfaces/IFormulas.sol";

/// @notice A formula, and what it is computed from.
/// @param start Address of the formula. @param end Address behind it. @param next Address of the next byte to parse. @param nodes How many were parsed.
/// @param folds How many folds it has. @param firstFold The first. @param lastFold The last.
/// @param named The node named last; 0 if none has been.
/// @param claims Calldata offset of the claims. @param levels Levels of the trace's tree.
/// @param openings Calldata offset of the evidence's tensors. @param leaves Of its leaves. @param leafCount How many there are.
/// @param opened By place in the evidence, the tensors that have been proved; 0 for the others.
/// @param folded Calldata offset of the last states of folds of several chunks. @param given How many there are.
struct Program {
    uint256 start;
    uint256 end;
    uint256 next;
    uint256 nodes;
    uint256 folds;
    Node firstFold;
    Node lastFold;
    Node named;
    uint256 claims;
    uint256 levels;
    uint256 openings;
    uint256 leaves;
    uint256 leafCount;
    Tensor[] opened;
    uint256 folded;
    uint256 given;
}

/// @title Formulas as nodes
library Programs {
    uint256 private constant MAX_BYTES = 4096;
    uint256 private constant MAX_NODES = 255;
    uint256 private constant MAX_DEPTH = 32;
    /// @dev More terms in a chunk would not be judged in a block anyway.
    uint256 private constant MAX_CHUNK = 4096;

    /// @notice A formula's nodes. Reverts with `MalformedFormula`; that operands fit together shows when they are computed.
    function parse(bytes calldata formula, Claims calldata claims, Evidence calldata evidence)
        internal
        pure
        returns (Program memory program, Node root)
    {
        if (formula.length < 2 || formula.length > MAX_BYTES) revert IFormulas.MalformedFormula(0);
        TensorOpening[] calldata openings = evidence.tensors;
        LeafOpening[] calldata leaves = evidence.leaves;
        uint256 start;
        uint256 claimsAt;
        uint256 openingsAt;
        uint256 leavesAt;
        assembly ("memory-safe") {
            start := mload(0x40)
            // Two words more than the formula has: what is read at its very end is never another thing's memory.
            mstore(0x40, add(start, and(add(formula.length, 0x5f), not(0x1f))))
            calldatacopy(start, formula.offset, formula.length)
            claimsAt := claims
            openingsAt := openings.offset
            leavesAt := leaves.offset
        }
        program.start = start;
        program.end = start + formula.length;
        program.next = start + 1; // behind the stored type
        program.claims = claimsAt;
        program.levels = Tensors.levelsOver(claims.entries);
        program.openings = openingsAt;
        program.leaves = leavesAt;
        program.leafCount = leaves.length;
        program.opened = new Tensor[](openings.length);
        root = _node(program, 0, true);
        if (program.next != program.end) revert IFormulas.MalformedFormula(program.next - start);
    }

    /// @notice The type code in front of the expression.
    function storedType(Program memory program) internal pure returns (uint8) {
        return uint8(byteAt(program.start));
    }

    /// @notice The unit of a node of code `03` or `04`: u in 2^u.
    function unitAt(uint256 where) internal pure returns (int256) {
        return int16(uint16(word2(where)));
    }

    function isElementwise(uint256 code) internal pure returns (bool) {
        return code >= Code.ADD && code <= Code.WHERE;
    }

    function byteAt(uint256 where) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := byte(0, mload(where))
        }
    }

    function word2(uint256 where) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(240, mload(where))
        }
    }

    function word4(uint256 where) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(224, mload(where))
        }
    }

    /// @notice A signed number of eight bytes.
    function signed8(uint256 where) internal pure returns (int256 value) {
        assembly ("memory-safe") {
            value := sar(192, mload(where))
        }
    }

    /// @notice Byte of the formula that a node's content starts at, for errors.
    function offsetOf(Program memory program, Node node) internal pure returns (uint256) {
        return node.content() - program.start;
    }

    function _node(Program memory program, uint256 depth, bool straight) private pure returns (Node node) {
        unchecked {
            uint256 code = _take(program, 1);
            if (depth > MAX_DEPTH || ++program.nodes > MAX_NODES) _malformed(program);
            if (code == Code.AGAIN) return _named(program, _take(program, 1));
            if (code == Code.NAMED) {
                uint256 name = _take(program, 1);
                node = _node(program, depth + 1, straight);
                if (node.named() != 0) _malformed(program);
                node.setName(name, program.named);
                program.named = node;
                return node;
            }
            node = Nodes.create(code, program.next, straight);
            if (code >= Code.CONV) _countFold(program, node);
            uint256 operands = _skipContent(program, code);
            uint256 slot = node.reserve(operands);
            straight = straight && isElementwise(code);
            for (uint256 end = slot + (operands << 5); slot < end; slot += 32) {
                Node operand = _node(program, depth + 1, straight);
                assembly ("memory-safe") {
                    mstore(slot, operand)
                }
            }
        }
    }

    function _named(Program memory program, uint256 name) private pure returns (Node node) {
        unchecked {
            for (node = program.named; Node.unwrap(node) != 0; node = node.namedBefore()) {
                if (node.named() == name + 1) return node;
            }
            _malformed(program);
        }
    }

    function _countFold(Program memory program, Node node) private pure {
        unchecked {
            node.setFold(program.folds);
            if (program.folds == 0) program.firstFold = node;
            else program.lastFold.setNextFold(node);
            program.lastFold = node;
            ++program.folds;
        }
    }

    /// @dev Steps over `length` bytes. @return first The first of them.
    function _take(Program memory program, uint256 length) private pure returns (uint256 first) {
        unchecked {
            uint256 from = program.next;
            if (length > program.end - from) _malformed(program);
            program.next = from + length;
            first = byteAt(from);
        }
    }

    /// @dev Steps over what stands between a node's code and its operands. @return operands How many there are.
    function _skipContent(Program memory program, uint256 code) private pure returns (uint256 operands) {
        unchecked {
            if (code >= Code.ADD && code <= Code.DIV) return 2;
            if (code >= Code.NOT && code <= Code.ROOT) return 1;
            if (code >= Code.CONV) return _skipFold(program, code);
            if (code >= Code.RESHAPE) return _skipMove(program, code);
            if (code == Code.WHERE) return 3;
            if (code == Code.CLIP || code == Code.HARD_SIGMOID) {
                _take(program, 18);
                if (unitAt(program.next - 18) > 0) _malformed(program);
                return 1;
            }
            return _skipLeaf(program, code);
        }
    }

    function _skipLeaf(Program memory program, uint256 code) private pure returns (uint256 operands) {
        unchecked {
            if (code == Code.ENTRY) {
                _take(program, 4);
            } else if (code == Code.INPUT) {
                _take(program, 1);
            } else if (code == Code.CONSTANT) {
                _take(program, 4);
                uint256 rank = byteAt(program.next - 1);
                if (rank > 8 || unitAt(program.next - 3) > 0) _malformed(program);
                _take(program, 5 * rank + 32);
            } else if (code == Code.NUMBER) {
                if (_take(program, 11) > 8 || unitAt(program.next - 10) > 0) _malformed(program);
            } else if (code == Code.LIST) {
                _take(program, 8 * _take(program, 1));
            } else if (code == Code.SHAPE) {
                _take(program, 2);
                return 1;
            } else if (code == Code.RANGE) {
                return 3;
            } else if (code == Code.FILL) {
                _take(program, 10);
                if (unitAt(program.next - 10) > 0) _malformed(program);
                return 1;
            } else {
                _malformed(program);
            }
        }
    }

    function _skipMove(Program memory program, uint256 code) private pure returns (uint256 operands) {
        unchecked {
            if (code == Code.RESHAPE || code == Code.EXPAND) return 2;
            if (code == Code.TRANSPOSE || code == Code.SQUEEZE || code == Code.UNSQUEEZE) {
                _take(program, _take(program, 1));
                return 1;
            }
            if (code == Code.CONCAT) {
                _take(program, 2);
                operands = byteAt(program.next - 1);
                if (operands == 0) _malformed(program);
                return operands;
            }
            if (code == Code.SLICE) {
                _take(program, 5 * _take(program, 1));
                return 3;
            }
            if (code == Code.SPLIT) {
                _take(program, 4);
                uint256 follow = byteAt(program.next - 1);
                if (follow > 1) _malformed(program);
                return 1 + follow;
            }
            if (code == Code.PAD) {
                _take(program, _take(program, 1));
                return 2;
            }
            if (code == Code.GATHER) {
                _take(program, 1);
                return 2;
            }
            if (code != Code.RESIZE) _malformed(program);
            _take(program, 4);
            if (word2(program.next - 4) == 0 || word2(program.next - 2) == 0) _malformed(program);
            return 1;
        }
    }

    function _skipFold(Program memory program, uint256 code) private pure returns (uint256 operands) {
        unchecked {
            if (code > Code.MAX_POOL) _malformed(program);
            _take(program, 4);
            uint256 chunk = word4(program.next - 4);
            if (chunk == 0 || chunk > MAX_CHUNK) _malformed(program);
            if (code == Code.CONV || code == Code.TRANSPOSED_CONV) {
                _take(program, code == Code.CONV ? 17 : 13);
                uint256 follows = byteAt(program.next - 1);
                if (follows > 1) _malformed(program);
                return 2 + follows;
            }
            if (code == Code.PRODUCT) return 2;
            if (code == Code.INTEGER_PRODUCT) {
                _take(program, 4);
                return 2;
            }
            if (code == Code.PLACE) {
                _take(program, 2);
            } else if (code == Code.MAX_POOL) {
                _take(program, 16);
            } else {
                _take(program, 2);
                _take(program, byteAt(program.next - 1));
            }
            return 1;
        }
    }

    function _malformed(Program memory program) private pure {
        revert IFormulas.MalformedFormula(program.next - program.start);
    }
}
