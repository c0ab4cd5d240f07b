// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISteps} from "../../interfaces/IPageSteps.sol";

/// @title Where the entries of a page's trace stand (specs/exact-ocr.md, "Trace")
/// @notice A kind of entry is named by its number in a trace with one piece.
library PageLayout {
    uint256 internal constant PAGE = 0;
    uint256 internal constant KEYS = 1;
    uint256 internal constant ACROSS = 2;
    uint256 internal constant FRAME = 3;
    uint256 internal constant ODDS = 4;
    uint256 internal constant SCAN = 5;
    uint256 internal constant PIECES = 6;
    uint256 internal constant WINDOWS = 7;
    // For every piece:
    uint256 internal constant STRIP_ACROSS = 8;
    uint256 internal constant STRIP = 9;
    uint256 internal constant BEST = 10;
    uint256 internal constant LEADS = 11;
    uint256 internal constant SPELLING = 12;
    uint256 internal constant READING = 13;
    // After the pieces:
    uint256 internal constant ROWS = 14;
    uint256 internal constant PLACES = 15;
    uint256 internal constant TEXT = 16;
    uint256 internal constant LINES = 17;
    uint256 internal constant BOXES = 18;

    uint256 private constant OF_A_PIECE = ROWS - STRIP_ACROSS;
    uint256 private constant WITHOUT_PIECES = BOXES + 1 - OF_A_PIECE;

    /// @notice Whether a trace can have so many entries.
    function isTrace(uint256 entries) internal pure returns (bool) {
        return entries >= WITHOUT_PIECES && (entries - WITHOUT_PIECES) % OF_A_PIECE == 0;
    }

    /// @notice Number of pieces of a trace with so many entries.
    function piecesOf(uint256 entries) internal pure returns (uint256) {
        if (!isTrace(entries)) revert ISteps.NoPageTrace(entries);
        return (entries - WITHOUT_PIECES) / OF_A_PIECE;
    }

    /// @notice Kind of an entry, and the number of its piece, which means nothing if it has none.
    function kindOf(uint256 entry, uint256 entries) internal pure returns (uint256 kind, uint256 piece) {
        uint256 pieces = piecesOf(entries);
        if (entry >= entries) revert ISteps.NoSuchPageEntry(entry, entries);
        unchecked {
            if (entry < STRIP_ACROSS) return (entry, 0);
            entry -= STRIP_ACROSS;
            if (entry >= pieces * OF_A_PIECE) return (entry - pieces * OF_A_PIECE + ROWS, 0);
            return (entry % OF_A_PIECE + STRIP_ACROSS, entry / OF_A_PIECE);
        }
    }

    /// @notice Whether the entries of a kind are those that TextSteps computes: a contract has 24 KB.
    function isText(uint256 kind) internal pure returns (bool) {
        return kind == KEYS || kind >= SPELLING;
    }

    /// @notice Number of the entry of a kind, of a piece if that has one.
    function entryOf(uint256 kind, uint256 piece, uint256 entries) internal pure returns (uint256) {
        uint256 pieces = piecesOf(entries);
        if (kind < STRIP_ACROSS) return kind;
        if (kind >= ROWS) return kind + (pieces * OF_A_PIECE) - OF_A_PIECE;
        if (piece >= pieces) revert ISteps.NoSuchPageEntry(kind + piece * OF_A_PIECE, entries);
        return kind + piece * OF_A_PIECE;
    }

    /// @notice Name of the tensor that an entry of this kind is.
    function nameOf(uint256 kind) internal pure returns (bytes memory) {
        if (kind == PAGE || kind == FRAME || kind == STRIP) return "image";
        if (kind == ACROSS || kind == STRIP_ACROSS) return "across";
        if (kind == KEYS) return "keys";
        if (kind == ODDS) return "odds";
        if (kind == SCAN) return "scan";
        if (kind == PIECES) return "pieces";
        if (kind == WINDOWS) return "windows";
        if (kind == BEST) return "best";
        if (kind == LEADS) return "leads";
        if (kind == SPELLING) return "spelling";
        if (kind == READING) return "reading";
        if (kind == ROWS) return "rows";
        if (kind == PLACES) return "places";
        if (kind == TEXT) return "text";
        return kind == LINES ? bytes("lines") : bytes("boxes");
    }
}
