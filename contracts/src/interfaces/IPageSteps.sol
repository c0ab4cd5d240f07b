// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {PageClaims, PageEvidence} from "../types/Page.sol";

/// @title Computes single elements of what stands between the graphs of exact OCR, exactly (specs/exact-ocr.md)
/// @notice Given the root of a page's trace, and evidence for the few leaves that one element takes, says what the element is. What IFormulas is to
/// graphs, this is to the steps between them. Wrong or missing evidence reverts; nothing is read that was not proved, so what is returned follows
/// from the claims alone.
///
/// Elements are counted as they lie in the data. An honest seller's entries are all as they are computed here, so whoever shows that one is not has shown that
/// the seller lied.
interface ISteps {
    /// @notice No page's trace has so many entries.
    error NoPageTrace(uint256 entries);
    error NoSuchPageEntry(uint256 entry, uint256 entries);
    /// @notice The entry follows from no step: it is the request's, or what a graph gives.
    error NoStep(uint256 entry);
    /// @notice An opening's path or leaves do not lead to the claim. @param tensor Its place in the evidence.
    error WrongPageOpening(uint256 tensor);
    /// @notice The leaves, file list or size of `keys.txt` are not those of the bundle.
    error WrongKeysOpening();
    /// @notice What was shown of a scan's state is not what the trace commits to.
    error WrongScanState(bytes32 given, bytes32 expected);
    /// @notice A tensor's leaf with this byte was not opened.
    error ByteMissing(uint256 byteNumber);
    /// @notice What is asked for is not at the place that the evidence names.
    error NotThere(uint256 place);

    /// @notice Type and lengths that an entry must have. Entry 0 is the request's tensor: nothing follows about it.
    /// @return elementType Code of specs/digests.md.
    function shapeOf(PageClaims calldata claims, uint256 entry, PageEvidence calldata evidence)
        external
        view
        returns (uint8 elementType, uint32[] memory dims);

    /// @notice The element, if a step makes it.
    function elementOf(PageClaims calldata claims, uint256 entry, uint256 element, PageEvidence calldata evidence)
        external
        view
        returns (int256);
}

/// @title The same for all entries, and how many there are
interface IPageSteps is ISteps {
    /// @notice Whether the scan ends with as many pieces as the number of entries says.
    function isComplete(PageClaims calldata claims, PageEvidence calldata evidence) external view returns (bool);

    /// @notice What computes the entries from the recogniser's answers on.
    function texts() external view returns (ISteps);
}
