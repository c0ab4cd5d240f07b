// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Sha256Tree} from "./Sha256Tree.sol";
import {Subjects} from "./Subjects.sol";

/// @title How large the steps of a game are (specs/dispute.md, "Rows" and "Parts")
/// @notice As few as the largest step allows, and these as even as can be.
library Cuts {
    /// @dev A row has at most 2^7 nodes, a fold posts at most 2^7 states.
    uint256 private constant MOST = 7;
    /// @dev In a game about steps two traces are walked, one after the other: longer rows make up for it.
    uint256 private constant MOST_OF_STEPS = 8;
    uint256 private constant MOST_OF_RUN = 9;
    /// @dev At most 2^4 leaves are revealed. A leaf is as long as 2^4 nodes, too.
    uint256 private constant LEAVES = 4;

    /// @notice Levels down to the next row of the trace's tree, `depth` levels above its bottom. @param folds The game's.
    function traceRow(uint256 depth, bytes32 folds) internal pure returns (uint256) {
        if (folds == Subjects.STEPS) return _even(depth, MOST_OF_STEPS);
        return _even(depth, folds == Subjects.RUN ? MOST_OF_RUN : MOST);
    }

    /// @notice Levels down to the next row of a data tree; 0 where its leaves are revealed at once.
    function dataRow(uint256 depth) internal pure returns (uint256 levels) {
        if (depth <= LEAVES) return 0;
        unchecked {
            uint256 rows = _ceilDiv(depth - LEAVES, MOST);
            levels = _ceilDiv(depth + LEAVES, rows + 1);
        }
        if (levels > MOST) levels = MOST;
    }

    /// @notice How a run of `chunks` chunks, more than one, is cut. @param folds How many runs are cut at the same time.
    /// @return size Chunks of every part but the last. @return parts How many parts.
    function partsOf(uint256 chunks, uint256 folds) internal pure returns (uint256 size, uint256 parts) {
        uint256 shared = Sha256Tree.depthOf(folds);
        uint256 depth = Sha256Tree.depthOf(chunks);
        unchecked {
            size = 1 << (depth - _even(depth, shared < MOST ? MOST - shared : 1));
        }
        parts = _ceilDiv(chunks, size);
    }

    /// @dev Steps of at most `most`, as even as can be, over `depth`: the first of them.
    function _even(uint256 depth, uint256 most) private pure returns (uint256) {
        return depth == 0 ? 0 : _ceilDiv(depth, _ceilDiv(depth, most));
    }

    /// @dev Of numbers far below 2^255.
    function _ceilDiv(uint256 x, uint256 y) private pure returns (uint256) {
        unchecked {
            return (x + y - 1) / y;
        }
    }
}
