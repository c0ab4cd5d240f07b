// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A node of a formula: the address of its record in memory. No struct, because Solidity makes a new one for every variable that holds one.
type Node is uint256;

using Nodes for Node global;

/// @title Records of nodes
/// @notice Words of a record: code ‖ content ‖ operands ‖ rank + 1, or 0 as long as nobody has asked ‖ dimensions ‖ number of the fold ‖ next fold ‖ straight ‖
/// name + 1, or 0 ‖ node named before it ‖ value held: its coordinates, m, u, and whether there is one ‖ tensor that it is, or 0.
library Nodes {
    uint256 private constant WORDS = 15;

    /// @notice A new node.
    /// @param code_ As specs/formulas.md numbers them. `09` and `0a` have no node of their own: what is named is one node with several parents.
    /// @param content_ Address of what follows the code in the formula.
    /// @param straight Whether there are only elementwise nodes above it.
    function create(uint256 code_, uint256 content_, bool straight) internal pure returns (Node node) {
        assembly ("memory-safe") {
            node := mload(0x40)
            mstore(0x40, add(node, mul(WORDS, 0x20)))
            calldatacopy(node, calldatasize(), mul(WORDS, 0x20)) // zeros
            mstore(node, code_)
            mstore(add(node, 0x20), content_)
            mstore(add(node, 0xe0), straight)
        }
    }

    function code(Node node) internal pure returns (uint256) {
        return _word(node, 0x00);
    }

    /// @notice Address of what follows the code in the formula.
    function content(Node node) internal pure returns (uint256) {
        return _word(node, 0x20);
    }

    /// @notice Makes room for operands. @return from Address of the first.
    function reserve(Node node, uint256 operands) internal pure returns (uint256 from) {
        assembly ("memory-safe") {
            from := mload(0x40)
            mstore(0x40, add(from, shl(5, operands)))
        }
        _set(node, 0x40, from);
    }

    /// @notice Operand number `i`, which the node must have.
    function operand(Node node, uint256 i) internal pure returns (Node found) {
        assembly ("memory-safe") {
            found := mload(add(mload(add(node, 0x40)), shl(5, i)))
        }
    }

    /// @notice Its shape, if it has been found.
    function shape(Node node) internal pure returns (bool known, uint256 dims, uint256 rank) {
        rank = _word(node, 0x60);
        if (rank == 0) return (false, 0, 0);
        return (true, _word(node, 0x80), rank - 1);
    }

    function setShape(Node node, uint256 dims, uint256 rank) internal pure {
        _set(node, 0x60, rank + 1);
        _set(node, 0x80, dims);
    }

    /// @notice Number of the fold that it is.
    function fold(Node node) internal pure returns (uint256) {
        return _word(node, 0xa0);
    }

    function setFold(Node node, uint256 number) internal pure {
        _set(node, 0xa0, number);
    }

    /// @notice The next fold of the formula, behind this one.
    function nextFold(Node node) internal pure returns (Node) {
        return Node.wrap(_word(node, 0xc0));
    }

    function setNextFold(Node node, Node next) internal pure {
        _set(node, 0xc0, Node.unwrap(next));
    }

    function isStraight(Node node) internal pure returns (bool) {
        return _word(node, 0xe0) != 0;
    }

    /// @notice Its name and 1; 0 if it has none.
    function named(Node node) internal pure returns (uint256) {
        return _word(node, 0x100);
    }

    /// @notice The node that was named before it.
    function namedBefore(Node node) internal pure returns (Node) {
        return Node.wrap(_word(node, 0x120));
    }

    function setName(Node node, uint256 name, Node before) internal pure {
        _set(node, 0x100, name + 1);
        _set(node, 0x120, Node.unwrap(before));
    }

    /// @notice Keeps the value at some coordinates.
    function hold(Node node, uint256 coordinates, int256 m, int256 u) internal pure {
        _set(node, 0x140, coordinates);
        _set(node, 0x160, uint256(m));
        _set(node, 0x180, uint256(u));
        _set(node, 0x1a0, 1);
    }

    /// @notice The value at those coordinates, if it is kept.
    function held(Node node, uint256 coordinates) internal pure returns (bool known, int256 m, int256 u) {
        if (_word(node, 0x1a0) == 0 || _word(node, 0x140) != coordinates) return (false, 0, 0);
        return (true, int256(_word(node, 0x160)), int256(_word(node, 0x180)));
    }

    /// @notice The tensor that it is; 0 as long as nobody has asked.
    function tensor(Node node) internal pure returns (uint256) {
        return _word(node, 0x1c0);
    }

    function setTensor(Node node, uint256 record) internal pure {
        _set(node, 0x1c0, record);
    }

    function _word(Node node, uint256 offset) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(node, offset))
        }
    }

    function _set(Node node, uint256 offset, uint256 word) private pure {
        assembly ("memory-safe") {
            mstore(add(node, offset), word)
        }
    }
}
