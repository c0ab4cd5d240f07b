// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ISteps} from "../../interfaces/IPageSteps.sol";
import {PageClaims, PageEvidence} from "../../types/Page.sol";
import {Keys} from "./Keys.sol";
import {Ordering} from "./Ordering.sol";
import {PageLayout} from "./PageLayout.sol";
import {PageTensor, PageTensors, ProvedBytes} from "./PageTensors.sol";
import {Shapes} from "./Shapes.sol";
import {Spelling} from "./Spelling.sol";

/// @title The steps from what the recogniser says to the response
/// @notice See ISteps. Holds nothing and asks nobody.
contract TextSteps is ISteps {
    function elementOf(PageClaims calldata claims, uint256 entry, uint256 element, PageEvidence calldata evidence)
        external
        view
        returns (int256)
    {
        (uint256 kind, uint256 piece) = PageLayout.kindOf(entry, claims.entries);
        if (kind == PageLayout.KEYS) {
            ProvedBytes memory shown = Keys.open(claims.weights, evidence.keys);
            return Keys.countOf(shown, evidence.keys.size, element);
        }
        if (kind == PageLayout.SPELLING) return Spelling.stateOf(claims, evidence, piece, element);
        if (kind == PageLayout.READING) {
            return int256(uint256(Spelling.byteOf(claims, evidence, piece, element)));
        }
        if (kind == PageLayout.ROWS) return Ordering.rowOf(claims, evidence, element);
        if (kind == PageLayout.PLACES) return Ordering.placeOf(claims, evidence, element);
        if (kind == PageLayout.TEXT) return Ordering.byteOf(claims, evidence, element);
        if (kind == PageLayout.LINES) return Ordering.lineOf(claims, evidence, element);
        if (kind == PageLayout.BOXES) return Ordering.cornerOf(claims, evidence, element);
        revert NoStep(entry);
    }

    function shapeOf(PageClaims calldata claims, uint256 entry, PageEvidence calldata evidence)
        external
        view
        returns (uint8, uint32[] memory)
    {
        (uint256 kind, uint256 piece) = PageLayout.kindOf(entry, claims.entries);
        if (kind == PageLayout.KEYS) {
            Keys.open(claims.weights, evidence.keys);
            return Shapes.pack(Shapes.I32, Keys.lengthOf(evidence.keys.size));
        }
        if (kind == PageLayout.SPELLING) {
            PageTensor memory windows = PageTensors.open(claims, evidence, 0, PageLayout.WINDOWS, 0);
            return Shapes.pack(Shapes.I64, Spelling.stepsIn(windows, piece), Spelling.COLUMNS);
        }
        if (kind == PageLayout.READING) return Shapes.pack(Shapes.U8, Spelling.bytesOf(claims, evidence, piece));
        if (kind == PageLayout.ROWS) return Shapes.pack(Shapes.I32, PageLayout.piecesOf(claims.entries));
        if (kind == PageLayout.TEXT) return Shapes.pack(Shapes.U8, Ordering.bytesOf(claims, evidence));
        if (kind < PageLayout.PLACES) revert NoStep(entry);
        PageTensor memory rows = PageTensors.open(claims, evidence, 0, PageLayout.ROWS, 0);
        if (kind == PageLayout.PLACES) return Shapes.pack(Shapes.I32, Ordering.piecesIn(rows), 2);
        if (kind == PageLayout.LINES) return Shapes.pack(Shapes.U32, Ordering.linesOf(rows) + 1);
        return Shapes.pack(Shapes.I32, Ordering.linesOf(rows), 4, 2);
    }
}
