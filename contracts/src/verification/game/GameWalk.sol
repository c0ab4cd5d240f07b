// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Cuts} from "../../libraries/Cuts.sol";
import {Sha256Tree} from "../../libraries/Sha256Tree.sol";
import {Subjects} from "../../libraries/Subjects.sol";
import {TensorHeader} from "../../libraries/TensorHeader.sol";
import {Game, Phase} from "../../types/Dispute.sol";
import {GameState} from "./GameState.sol";

/// @title From the trace's root down to data: row by row to an entry, then to some of its leaves
/// @dev Invariant: `node` is number `index` of its level, `below` levels above the bottom, of the tree that the seller committed to; something that is
/// not padding stands beneath it.
abstract contract GameWalk is GameState {
    function commit(uint256 game, Game calldata state, uint32 entries, bytes32[] calldata nodes)
        external
        returns (Game memory g)
    {
        g = _sellers(game, state, Phase.Commit, Phase.Commit);
        if (entries == 0) revert NoEntries();
        g.entries = entries;
        g.below = uint8(Sha256Tree.depthOf(entries));
        g.row = uint8(Cuts.traceRow(g.below, g.folds));
        g.node = _rowRoot(g, nodes, entries, bytes32(0));
        g.traceTree = g.node;
        _move(game, g, Phase.PickInTrace);
        emit RowPosted(game, g, nodes);
    }

    function descend(uint256 game, Game calldata state, uint64 index, bytes32 node, bytes32[] calldata path)
        external
        returns (Game memory g)
    {
        g = _challengers(game, state, Phase.PickInTrace, Phase.PickInTensor);
        if (path.length != g.row) revert WrongLength(path.length, g.row);
        bool inTrace = g.phase == Phase.PickInTrace;
        uint8 below = g.below - g.row;
        // In 256 bits: an index from outside may not wrap to one that exists.
        if (index >> g.row != g.index || uint256(index) << below >= (inTrace ? g.entries : _leavesOf(g))) {
            revert NoSuchNode(index);
        }
        _requireSame(Sha256Tree.climb(node, index, path), g.node);
        (g.node, g.index, g.below, g.row) = (node, index, below, 0);
        Phase next;
        if (inTrace) {
            next = below == 0 ? Phase.Open : Phase.ExpandInTrace;
            if (below == 0) g.entry = uint32(index);
        } else {
            next = Cuts.dataRow(below) == 0 ? Phase.Reveal : Phase.ExpandInTensor;
        }
        _move(game, g, next);
        emit Descended(game, g);
    }

    function expand(uint256 game, Game calldata state, bytes32[] calldata nodes) external returns (Game memory g) {
        g = _sellers(game, state, Phase.ExpandInTrace, Phase.ExpandInTensor);
        bool inTrace = g.phase == Phase.ExpandInTrace;
        g.row = uint8(inTrace ? Cuts.traceRow(g.below, g.folds) : Cuts.dataRow(g.below));
        bytes32 root = inTrace
            ? _rowRoot(g, nodes, g.entries, bytes32(0))
            : _rowRoot(g, nodes, _leavesOf(g), Sha256Tree.ZERO_LEAF);
        _requireSame(root, g.node);
        _move(game, g, inTrace ? Phase.PickInTrace : Phase.PickInTensor);
        emit RowPosted(game, g, nodes);
    }

    function open(
        uint256 game,
        Game calldata state,
        bytes calldata header,
        bytes32[] calldata nodes,
        bytes calldata data
    ) external returns (Game memory g) {
        g = _sellers(game, state, Phase.Open, Phase.Open);
        (g.storedType, g.rank, g.dims) = TensorHeader.parse(header);
        // Of steps' entries a proof says that the name is wrong.
        if (g.folds != Subjects.STEPS && !TensorHeader.isEntry(header, g.entry)) revert WrongName();
        uint256 leaves = _leavesOf(g);
        g.index = 0;
        g.below = uint8(Sha256Tree.depthOf(leaves));
        g.row = uint8(Cuts.dataRow(g.below));
        bool whole = g.row == 0;
        if (!whole && data.length != 0) revert WrongLength(data.length, 0);
        if (whole && nodes.length != 0) revert WrongLength(nodes.length, 0);
        bytes32 root = whole ? _dataRoot(g, data) : _rowRoot(g, nodes, leaves, Sha256Tree.ZERO_LEAF);
        _requireSame(TensorHeader.digest(header, root), g.node);
        g.node = root;
        _move(game, g, whole ? Phase.Examine : Phase.PickInTensor);
        emit Opened(game, g, header, root);
        if (whole) emit LeavesPosted(game, g, data);
        else emit RowPosted(game, g, nodes);
    }

    function reveal(uint256 game, Game calldata state, bytes calldata data) external returns (Game memory g) {
        g = _sellers(game, state, Phase.Reveal, Phase.Reveal);
        _requireSame(_dataRoot(g, data), g.node);
        _move(game, g, Phase.Examine);
        emit LeavesPosted(game, g, data);
    }

    /// @dev The node above a row of it, of which what stands over padding alone is left out.
    /// @param total Entries or leaves of the whole tree. @param zero What it is filled up with.
    function _rowRoot(Game memory g, bytes32[] calldata nodes, uint256 total, bytes32 zero)
        private
        view
        returns (bytes32)
    {
        uint256 lower;
        uint256 posted;
        unchecked {
            lower = g.below - g.row;
            posted = (_beneath(g, total) + (1 << lower) - 1) >> lower;
        }
        if (nodes.length != posted) revert WrongLength(nodes.length, posted);
        if (posted != 1 << g.row) zero = Sha256Tree.padding(zero, lower);
        return Sha256Tree.rowRoot(nodes, g.row, zero);
    }

    /// @dev The node above data, of which what lies behind the tensor's end is left out.
    function _dataRoot(Game memory g, bytes calldata data) private view returns (bytes32) {
        uint256 needed;
        unchecked {
            uint256 most = Sha256Tree.LEAF_BYTES << g.below;
            needed = _bytesOf(g) - g.index * most; // the node stands over some of them
            if (needed > most) needed = most;
        }
        if (data.length != needed) revert WrongLength(data.length, needed);
        return Sha256Tree.dataRoot(data, g.below);
    }

    /// @dev Of `total` entries or leaves, those that stand beneath the node. At least one does.
    function _beneath(Game memory g, uint256 total) private pure returns (uint256) {
        unchecked {
            uint256 rest = total - (uint256(g.index) << g.below);
            uint256 most = 1 << g.below;
            return rest < most ? rest : most;
        }
    }

    /// @dev Leaves of the tensor's data: one where there is no data.
    function _leavesOf(Game memory g) private pure returns (uint256) {
        uint256 size = _bytesOf(g);
        unchecked {
            return size == 0 ? 1 : (size + Sha256Tree.LEAF_BYTES - 1) / Sha256Tree.LEAF_BYTES;
        }
    }

    /// @dev At most 2^43.
    function _bytesOf(Game memory g) private pure returns (uint256) {
        unchecked {
            return TensorHeader.elementsOf(g.dims, g.rank) * TensorHeader.bytesOf(g.storedType);
        }
    }

    function _requireSame(bytes32 given, bytes32 expected) private pure {
        if (given != expected) revert WrongHash(given, expected);
    }
}
