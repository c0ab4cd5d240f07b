// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ModelOpening} from "./Dispute.sol";

/// @notice What was committed to before a step of a page's reading is judged (specs/exact-ocr.md).
/// @param weights Digest of the model's bundle, as the receipt has it.
/// @param tree Root of the tree over the digests of the page trace's entries.
/// @param entries Number of entries.
struct PageClaims {
    bytes32 weights;
    bytes32 tree;
    uint32 entries;
}

/// @notice An entry of a page's trace, with neighbouring leaves of its data.
/// @param header Its header (specs/digests.md). @param dataRoot Root of the tree over its data.
/// @param path Siblings of its digest in the trace's tree, from the leaf upwards.
/// @param first Number of the first leaf opened. @param data The leaves, 512 bytes each; none where the header is all that matters.
/// @param siblings As those of a `LeafOpening` of IFormulas.
struct PageOpening {
    bytes header;
    bytes32 dataRoot;
    bytes32[] path;
    uint32 first;
    bytes data;
    bytes32[] siblings;
}

/// @notice `keys.txt` of the model's bundle, with neighbouring leaves of it.
/// @param files Digests of the bundle's files, sorted by path. @param place Which of them it is.
/// @param size Its bytes. @param root Root of the tree over them. The rest is as in `PageOpening`.
struct KeysOpening {
    bytes32[] files;
    uint256 place;
    uint64 size;
    bytes32 root;
    uint32 first;
    bytes data;
    bytes32[] siblings;
}

/// @notice What a step reads, and how it comes out (specs/exact-ocr.md, "Steps that a contract executes").
/// @param place Where to look, for steps that take it from evidence: a row of the scan, a step of a reading, a piece, a place in reading order. It is
/// checked, so that no other place would do.
/// @param state Of a scan, as its tensor's data; else empty.
/// @param keys Only used by steps that read characters.
/// @param tensors Entries, in the order in which the page names them.
struct PageEvidence {
    uint32 place;
    bytes state;
    KeysOpening keys;
    PageOpening[] tensors;
}

/// @notice A run of a graph between the steps, by the entries that are its inputs and outputs.
/// @param digests Of its input, then of each output. @param paths Siblings of each in the trace's tree.
struct PageRun {
    bytes32[] digests;
    bytes32[][] paths;
}

/// @notice What a proof about a page shows.
enum PageGround {
    Count, // there are more or fewer entries than the scan has pieces
    Request, // entry 0 is not the request
    Shape, // an entry has another name, type or length
    Element, // an element of an entry is not what its step makes
    Response, // the last three entries are not the response
    Output // what the page's trace has for a graph's outputs is not what the graph's own trace has
}

/// @notice A proof about a page (specs/exact-ocr.md, "Disputes").
/// @param entry Which entry, of `Shape` and `Element`. @param element Which element of it.
/// @param own The entry, with the leaf that holds the element. Where `evidence` opens that leaf too, it is not shown twice: the header is empty, and `first` says
/// which of the evidence's openings it is.
/// @param evidence What the steps read; of `Output` the openings are the outputs' entries in the graph's trace.
/// @param list Of `Request` entry 0; of `Response` the last three.
/// @param model Of `Output`, from the receipt's weights to the graph's formulas.
struct PageProof {
    PageGround ground;
    uint256 entry;
    uint256 element;
    PageOpening own;
    PageEvidence evidence;
    PageRun list;
    ModelOpening model;
}
