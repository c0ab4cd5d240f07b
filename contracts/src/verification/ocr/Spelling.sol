// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISteps} from "../../interfaces/IPageSteps.sol";
import {PageClaims, PageEvidence} from "../../types/Page.sol";
import {Key, Keys} from "./Keys.sol";
import {PageLayout} from "./PageLayout.sol";
import {PageTensor, PageTensors, ProvedBytes} from "./PageTensors.sol";

/// @title From the recogniser's steps to a piece's text (specs/exact-ocr.md, "Text")
library Spelling {
    uint256 internal constant COLUMNS = 5;
    uint256 private constant WINDOW = 5;
    uint256 private constant STRIP_STEP = 8;
    uint256 private constant CHARACTERS = 0;
    uint256 private constant BYTES = 1;
    uint256 private constant SPACED = 2;
    uint256 private constant LEAD = 3;
    uint256 private constant SUM = 4;

    int256 private constant SPACE_WITHIN = 62;
    int256 private constant SURE_FROM = 32;
    uint8 private constant SPACE = 0x20;

    /// @notice Steps of a piece's strip. @param windows With the piece's.
    function stepsIn(PageTensor memory windows, uint256 piece) internal pure returns (uint256) {
        return uint256(windows.get(piece * WINDOW + WINDOW - 1)) / STRIP_STEP;
    }

    /// @notice An element of `spelling`. Evidence: `keys`, `best`, `leads` and, but for the first step, `spelling`.
    function stateOf(PageClaims calldata claims, PageEvidence calldata evidence, uint256 piece, uint256 element)
        internal
        view
        returns (int256)
    {
        uint256 step = element / COLUMNS;
        int256[] memory state = new int256[](COLUMNS);
        PageTensor memory spelling;
        if (step != 0) {
            spelling = PageTensors.open(claims, evidence, 3, PageLayout.SPELLING, piece);
            for (uint256 i; i < COLUMNS; ++i) {
                state[i] = spelling.get((step - 1) * COLUMNS + i);
            }
        }
        PageTensor memory best = PageTensors.openBeside(claims, evidence, 1, PageLayout.BEST, piece, spelling);
        PageTensor memory leads = PageTensors.openBeside(claims, evidence, 2, PageLayout.LEADS, piece, best);
        PageTensor memory keys =
            PageTensors.openBeside(claims, evidence, 0, PageLayout.KEYS, 0, step != 0 ? spelling : best);
        int256 now_ = best.get(step);
        if (now_ == 0 || now_ == Keys.linesOf(keys) + 1) {
            if (leads.get(2 * step + 1) <= SPACE_WITHIN) state[SPACED] = 1;
            return state[element % COLUMNS];
        }
        if (step == 0 || now_ != best.get(step - 1)) {
            bool apart = state[SPACED] != 0 && state[CHARACTERS] != 0;
            state[BYTES] += int256(_keyOf(claims, evidence, keys, now_).length) + (apart ? int256(1) : int256(0));
            state[CHARACTERS] += 1;
            (state[SPACED], state[LEAD]) = (0, 0);
        }
        int256 lead = leads.get(2 * step);
        if (lead > state[LEAD]) {
            state[SUM] += lead - state[LEAD];
            state[LEAD] = lead;
        }
        return state[element % COLUMNS];
    }

    /// @notice Bytes of a piece's text. Evidence: `spelling`, its last step.
    function bytesOf(PageClaims calldata claims, PageEvidence calldata evidence, uint256 piece)
        internal
        view
        returns (uint256)
    {
        PageTensor memory spelling = PageTensors.open(claims, evidence, 0, PageLayout.SPELLING, piece);
        uint256 last = (spelling.dim(0) - 1) * COLUMNS;
        if (spelling.get(last + SUM) < SURE_FROM * spelling.get(last + CHARACTERS)) return 0;
        return uint256(spelling.get(last + BYTES));
    }

    /// @notice A byte of a piece's text. Evidence: the step at which its character begins; `keys`, `best`, and `spelling` at that step and the one
    /// before it.
    function byteOf(PageClaims calldata claims, PageEvidence calldata evidence, uint256 piece, uint256 number)
        internal
        view
        returns (uint8)
    {
        uint256 step = evidence.place;
        PageTensor memory spelling = PageTensors.open(claims, evidence, 2, PageLayout.SPELLING, piece);
        PageTensor memory best = PageTensors.openBeside(claims, evidence, 1, PageLayout.BEST, piece, spelling);
        PageTensor memory keys = PageTensors.openBeside(claims, evidence, 0, PageLayout.KEYS, 0, spelling);
        uint256 before = step == 0 ? 0 : uint256(spelling.get((step - 1) * COLUMNS + BYTES));
        uint256 afterwards = uint256(spelling.get(step * COLUMNS + BYTES));
        if (number < before || number >= afterwards) revert ISteps.NotThere(step);
        Key memory key = _keyOf(claims, evidence, keys, best.get(step));
        if (afterwards - before == key.length) return key.byteAt(number - before);
        if (afterwards - before != key.length + 1) revert ISteps.NotThere(step);
        return number == before ? SPACE : key.byteAt(number - before - 1);
    }

    /// @dev The character of a class.
    function _keyOf(PageClaims calldata claims, PageEvidence calldata evidence, PageTensor memory keys, int256 class)
        private
        view
        returns (Key memory)
    {
        ProvedBytes memory shown = Keys.open(claims.weights, evidence.keys);
        if (class < 1) revert ISteps.NotThere(evidence.place);
        return Keys.lineAt(shown, evidence.keys.size, evidence.keys.first, keys, uint256(class) - 1);
    }
}
