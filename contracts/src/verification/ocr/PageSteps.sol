// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IPageSteps, ISteps} from "../../interfaces/IPageSteps.sol";
import {SameCall} from "../../libraries/SameCall.sol";
import {Sha256Tree} from "../../libraries/Sha256Tree.sol";
import {StageTensors} from "../../libraries/StageTensors.sol";
import {PageClaims, PageEvidence} from "../../types/Page.sol";
import {Axis, Drawing, Window} from "./Drawing.sol";
import {PageLayout} from "./PageLayout.sol";
import {PageTensor, PageTensors} from "./PageTensors.sol";
import {Area, Scanning, ScanState} from "./Scanning.sol";
import {Shapes} from "./Shapes.sol";

/// @title The steps between the graphs of exact OCR
/// @notice See IPageSteps. Keeps nothing; what is read it leaves to another contract, which keeps nothing either.
contract PageSteps is IPageSteps {
    uint256 private constant HASH = 32;
    uint256 private constant AREA = 6;
    uint256 private constant WINDOW = 5;
    uint256 private constant STRIP_STEP = 8;

    ISteps public immutable texts;

    /// @param texts_ What computes the entries from the recogniser's answers on.
    constructor(ISteps texts_) {
        texts = texts_;
    }

    function elementOf(PageClaims calldata claims, uint256 entry, uint256 element, PageEvidence calldata evidence)
        external
        view
        returns (int256)
    {
        (uint256 kind, uint256 piece) = PageLayout.kindOf(entry, claims.entries);
        if (PageLayout.isText(kind)) return abi.decode(SameCall.ask(address(texts)), (int256));
        if (kind == PageLayout.ACROSS || kind == PageLayout.STRIP_ACROSS) {
            return _across(claims, evidence, kind, piece, element);
        }
        if (kind == PageLayout.FRAME || kind == PageLayout.STRIP) {
            return _pixel(claims, evidence, kind, piece, element);
        }
        if (kind == PageLayout.SCAN) {
            (bytes memory next,,) = _scan(claims, evidence, element / HASH);
            return int256(uint256(uint8(Scanning.digest(next)[element % HASH])));
        }
        if (kind == PageLayout.PIECES) return _areaNumber(claims, evidence, element / AREA, element % AREA);
        if (kind == PageLayout.WINDOWS) return _windowNumber(claims, evidence, element / WINDOW, element % WINDOW);
        revert NoStep(entry);
    }

    function shapeOf(PageClaims calldata claims, uint256 entry, PageEvidence calldata evidence)
        external
        view
        returns (uint8, uint32[] memory)
    {
        (uint256 kind, uint256 piece) = PageLayout.kindOf(entry, claims.entries);
        uint256 pieces = PageLayout.piecesOf(claims.entries);
        if (kind == PageLayout.PAGE) revert NoStep(entry);
        if (PageLayout.isText(kind)) return abi.decode(SameCall.ask(address(texts)), (uint8, uint32[]));
        if (kind == PageLayout.PIECES) return Shapes.pack(Shapes.I32, pieces, AREA);
        if (kind == PageLayout.WINDOWS) return Shapes.pack(Shapes.I32, pieces, WINDOW);
        return _shapeInWindow(claims, evidence, kind, piece);
    }

    function isComplete(PageClaims calldata claims, PageEvidence calldata evidence) external view returns (bool) {
        uint256 pieces = PageLayout.piecesOf(claims.entries);
        (Window memory frame, PageTensor memory page) = _windowOf(claims, evidence, PageLayout.FRAME, 0);
        PageTensor memory scan = PageTensors.openBeside(claims, evidence, 1, PageLayout.SCAN, 0, page);
        return scan.data.wordAt(frame.height * HASH) == Scanning.digest(Scanning.lastOf(pieces));
    }

    /// @dev A sum along x. Evidence: the page; of a strip its window; the page's row lies in the first.
    function _across(
        PageClaims calldata claims,
        PageEvidence calldata evidence,
        uint256 kind,
        uint256 piece,
        uint256 element
    ) private view returns (int256) {
        (Window memory window, PageTensor memory page) = _windowOf(claims, evidence, kind, piece);
        (uint256 first, uint256 count) = window.rowsUnder(page.dim(1));
        uint256 row = first + element % count;
        uint256 colour = element / count % 3;
        uint256 width = page.dim(2);
        return window.columns(width).weigh(element / count / 3, page, int256(row * width * 3 + colour), 3);
    }

    /// @dev A byte of what is drawn. Evidence: the page's header; of a strip its window; the sums along x.
    function _pixel(
        PageClaims calldata claims,
        PageEvidence calldata evidence,
        uint256 kind,
        uint256 piece,
        uint256 element
    ) private view returns (int256) {
        (Window memory window, PageTensor memory page) = _windowOf(claims, evidence, kind, piece);
        bool isFrame = kind == PageLayout.FRAME;
        PageTensor memory across = PageTensors.openBeside(
            claims, evidence, isFrame ? 1 : 2, isFrame ? PageLayout.ACROSS : PageLayout.STRIP_ACROSS, piece, page
        );
        (uint256 first, uint256 count) = window.rowsUnder(page.dim(1));
        Axis memory rows = window.rows(page.dim(1));
        // Number of the pixel's column and colour, and its row.
        (uint256 column, uint256 y) = (element % (3 * window.width), element / (3 * window.width));
        int256 sum = rows.weigh(y, across, int256(column * count) - int256(first), 1);
        int256 all = int256(256 * rows.samplesOf() * window.columns(page.dim(2)).samplesOf());
        return (2 * sum + all) / (2 * all);
    }

    /// @dev Data of the state after a row, the pieces that end above it, and how many ended before. Evidence: but for the first row, the scan at the row before and
    /// its state; the odds, of which the lengths are the frame's, and but for the last, their row.
    function _scan(PageClaims calldata claims, PageEvidence calldata evidence, uint256 y)
        private
        view
        returns (bytes memory next, Area[] memory ended, uint256 before)
    {
        bytes calldata data = y == 0 ? evidence.state[:0] : evidence.state;
        PageTensor memory scan;
        if (y != 0) {
            scan = PageTensors.open(claims, evidence, 0, PageLayout.SCAN, 0);
            bytes32 expected = scan.data.wordAt((y - 1) * HASH);
            bytes32 given = StageTensors.vector("state", StageTensors.I32, data.length / 4, StageTensors.rootOf(data));
            if (given != expected) revert WrongScanState(given, expected);
        }
        PageTensor memory odds = PageTensors.openBeside(claims, evidence, y == 0 ? 0 : 1, PageLayout.ODDS, 0, scan);
        ScanState memory state = Scanning.parse(data);
        before = state.pieces;
        (next, ended) = Scanning.step(state, odds, y, odds.dim(3), odds.dim(2));
    }

    /// @dev A number of a piece. Evidence: the row below its last one, and what the scan takes there.
    function _areaNumber(PageClaims calldata claims, PageEvidence calldata evidence, uint256 piece, uint256 column)
        private
        view
        returns (int256)
    {
        (, Area[] memory ended, uint256 before) = _scan(claims, evidence, evidence.place);
        if (piece < before || piece - before >= ended.length) revert NotThere(evidence.place);
        return ended[piece - before].number(column);
    }

    /// @dev A number of a piece's strip. Evidence: the page's header, `pieces` there.
    function _windowNumber(PageClaims calldata claims, PageEvidence calldata evidence, uint256 piece, uint256 column)
        private
        view
        returns (int256)
    {
        PageTensor memory page = PageTensors.open(claims, evidence, 0, PageLayout.PAGE, 0);
        PageTensor memory pieces = PageTensors.openBeside(claims, evidence, 1, PageLayout.PIECES, 0, page);
        uint256 start = piece * AREA;
        uint256 reduction = Drawing.reductionOf(page.dim(2), page.dim(1));
        Window memory strip = Drawing.stripOf(
            pieces.get(start), pieces.get(start + 1), pieces.get(start + 2), pieces.get(start + 3), reduction
        );
        if (column < 2) return column == 0 ? strip.left : strip.top;
        return column == 2 ? strip.right : column == 3 ? strip.bottom : int256(strip.width);
    }

    /// @dev What is drawn for an entry of this kind, and the page. Evidence: the page; of a strip `windows` there.
    function _windowOf(PageClaims calldata claims, PageEvidence calldata evidence, uint256 kind, uint256 piece)
        private
        view
        returns (Window memory window, PageTensor memory page)
    {
        page = PageTensors.open(claims, evidence, 0, PageLayout.PAGE, 0);
        if (kind < PageLayout.STRIP_ACROSS) return (Drawing.frameOf(page.dim(2), page.dim(1)), page);
        PageTensor memory windows = PageTensors.openBeside(claims, evidence, 1, PageLayout.WINDOWS, 0, page);
        uint256 start = piece * WINDOW;
        (window.left, window.top) = (windows.get(start), windows.get(start + 1));
        (window.right, window.bottom) = (windows.get(start + 2), windows.get(start + 3));
        window.width = uint256(windows.get(start + 4));
        window.height = 48;
    }

    /// @dev Shapes that follow from a window.
    function _shapeInWindow(PageClaims calldata claims, PageEvidence calldata evidence, uint256 kind, uint256 piece)
        private
        view
        returns (uint8, uint32[] memory)
    {
        (Window memory window, PageTensor memory page) = _windowOf(claims, evidence, kind, piece);
        if (kind == PageLayout.ACROSS || kind == PageLayout.STRIP_ACROSS) {
            (, uint256 count) = window.rowsUnder(page.dim(1));
            return Shapes.pack(Shapes.I32, window.width, 3, count);
        }
        if (kind == PageLayout.FRAME || kind == PageLayout.STRIP) {
            return Shapes.pack(Shapes.U8, 1, window.height, window.width, 3);
        }
        if (kind == PageLayout.ODDS) return Shapes.pack(Shapes.I8, 1, 1, window.height, window.width);
        if (kind == PageLayout.SCAN) return Shapes.pack(Shapes.U8, window.height + 1, HASH);
        uint256 steps = window.width / STRIP_STEP;
        if (kind == PageLayout.BEST) return Shapes.pack(Shapes.I32, 1, steps);
        return Shapes.pack(Shapes.I32, 1, steps, 2);
    }
}
