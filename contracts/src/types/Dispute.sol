// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Receipt} from "./Market.sol";

/// @notice What a game waits for (specs/dispute.md). S: a move of the seller's. C: one of the challenger's, or its proof.
enum Phase {
    Over, // no game, or no longer one
    Commit, // S `commit`
    PickInTrace, // C `descend` to a node of the trace's tree
    ExpandInTrace, // S `expand`
    Open, // S `open` the entry picked
    PickInTensor, // C `descend` to a node of the entry's data
    ExpandInTensor, // S `expand`
    Reveal, // S `reveal`
    Examine, // C `dispute` an element of the leaves revealed
    Fold, // S `fold`
    PickPart, // C `narrow`
    Refold, // S `fold` of the part picked
    PickSubpart // C `narrow` again
}

/// @notice All of a game. The arbiter keeps its hash; every move brings it along, every event shows what it became.
/// @param subject What the game is about: the receipt's EIP-712 digest; of a stage, keccak256(that digest ‖ keccak256(abi.encode(Stage))).
/// @param provider Whose stake is at risk.
/// @param payee Who gets the bond if the challenger loses, less the burned share.
/// @param challenger Who posted the bond.
/// @param refund What the payer gets back first of a slash: its charge, in wei of the stake token; 0 where it paid in another.
/// @param bond What the challenger posted, in wei of the stake token.
/// @param phase What the game waits for.
/// @param since Unix second at which the turn began.
/// @param sellerLeft Seconds that the seller had left then.
/// @param challengerLeft Seconds that the challenger had left then.
/// @param entries Number of entries that the seller committed to.
/// @param traceTree Root of the tree over their digests.
/// @param node The node that the game has come to, in the trace's tree or in that of an entry's data.
/// @param index Its number in its level, from the left.
/// @param below Levels between it and the bottom, which are entries' digests or leaves.
/// @param row How many levels beneath it the row lies that was posted last; 0 where none was.
/// @param entry The entry picked.
/// @param storedType Its type by its header, a code of specs/digests.md.
/// @param rank Number of its dimensions.
/// @param dims They themselves, as stored: four bytes each, the first one leftmost.
/// @param element The element disputed, counted as stored.
/// @param folds keccak256(abi.encode(FoldClaim[])): what the seller said of the element's folds. In a game about steps, which have no folds, `Subjects.STEPS`;
/// in one that went on about a run among them `Subjects.RUN`, until an element is disputed.
struct Game {
    bytes32 subject;
    address provider;
    address payee;
    address challenger;
    uint96 refund;
    uint256 bond;
    Phase phase;
    uint40 since;
    uint40 sellerLeft;
    uint40 challengerLeft;
    uint32 entries;
    bytes32 traceTree;
    bytes32 node;
    uint64 index;
    uint8 below;
    uint8 row;
    uint32 entry;
    uint8 storedType;
    uint8 rank;
    bytes32 dims;
    uint64 element;
    bytes32 folds;
}

/// @notice One run of a graph of the receipt's weights, as a composed answer claims it (specs/dispute.md, "Stages").
/// @param graph keccak256 of the path by which `formulas.bin` names the graph.
/// @param requestDigest Digest of the list of its inputs. @param responseDigest Digest of the list of its outputs, as claimed.
struct Stage {
    bytes32 graph;
    bytes32 requestDigest;
    bytes32 responseDigest;
}

/// @notice A run of chunks of a fold, and what the seller says it makes of them.
/// @param fold Number of the fold in the formula.
/// @param first The first chunk.
/// @param chunks How many.
/// @param before State before the first; has no meaning for chunk 0, before which nothing was folded.
/// @param last State after the last; 0 until posted.
/// @param parts Root of the tree over the parts of this run, once posted. Part i is the 32 bytes `state before it ‖ state after it`; nodes
/// are keccak256 of their two children; parts that there are not are zero.
struct FoldClaim {
    uint32 fold;
    uint32 first;
    uint32 chunks;
    int128 before;
    int128 last;
    bytes32 parts;
}

/// @notice From a receipt's weights to a graph's formulas (specs/digests.md, specs/formulas.md).
/// @param files Digests of the bundle's files, sorted by path.
/// @param place Which of them is `formulas.bin`.
/// @param formulasFile The whole of that file.
/// @param graph Preimage of the root that it names for the graph in question.
struct ModelOpening {
    bytes32[] files;
    uint256 place;
    bytes formulasFile;
    bytes graph;
}

/// @notice What a proof about an entry brings along.
/// @param receipt The receipt in question. @param signature The seller's; in a game about a stage abi.encode(Stage) follows it.
/// @param model From its weights to the formulas' root.
/// @param formula The entry's formula. @param path Siblings of its digest in the formulas' tree, from the leaf upwards.
/// @param request Digests of the request's tensors, or of the stage's inputs; none of them where no input is read.
/// @param evidence abi.encode(Evidence) of IFormulas: what the computation reads.
struct Exhibit {
    Receipt receipt;
    bytes signature;
    ModelOpening model;
    bytes formula;
    bytes32[] path;
    bytes32[] request;
    bytes evidence;
}

/// @notice A whole leaf of a tensor's data.
/// @param data 512 bytes. @param path Siblings up to the node in question, from the leaf upwards.
struct LeafProof {
    bytes data;
    bytes32[] path;
}

/// @notice A part of a run of chunks.
/// @param claim Which of the claims. @param part Which part of it.
/// @param before State before it. @param afterwards State after it. @param path Siblings up to the claim's `parts`.
struct PartProof {
    uint256 claim;
    uint256 part;
    int128 before;
    int128 afterwards;
    bytes32[] path;
}

/// @notice A tensor of the response beside the entry that it should be.
/// @param response Digests of the response's tensors, or of the stage's outputs. @param output Which of them.
/// @param header That tensor's header. @param dataRoot Root over its data. @param leaf Its leaf with the element.
/// @param entryHeader The entry's header. @param entryRoot Root over its data. @param entryPath Siblings of its digest in the trace's tree.
/// @param entryLeaf Its leaf with the element.
/// @param element An element that differs, counted as the entry stores it. It and the leaves mean nothing where type or shape differ.
struct ResponseProof {
    bytes32[] response;
    uint256 output;
    bytes header;
    bytes32 dataRoot;
    LeafProof leaf;
    bytes entryHeader;
    bytes32 entryRoot;
    bytes32[] entryPath;
    LeafProof entryLeaf;
    uint64 element;
}
