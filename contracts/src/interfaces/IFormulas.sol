// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice A tensor that evidence is about.
/// @param kind 1: an entry of the trace. 2: an input, by the request. 3: a constant of the formula.
/// @param index Number of the entry, or of the input; of a constant, where in the formula its node starts, in bytes.
/// @param header Its header (specs/digests.md); empty for a constant.
/// @param dataRoot Root of the tree over its data; ignored for a constant, whose root stands in the formula.
/// @param path Siblings of an entry's digest in the trace's tree, from the leaf upwards; else empty. It may end below the root, at a node of which the sibling is
/// another opened entry's ancestor, whose path is longer: that path has this node.
struct TensorOpening {
    uint8 kind;
    uint32 index;
    bytes header;
    bytes32 dataRoot;
    bytes32[] path;
}

/// @notice Neighbouring leaves of a tensor's data. Elements that stand next to each other in the data must be in one opening.
/// @param tensor Its place in `Evidence.tensors`.
/// @param first Number of the first leaf.
/// @param data The leaves, 512 bytes each, the last one filled up with zeros.
/// @param siblings The nodes that a verifier cannot compute: for each level from the leaves upwards the one left of the range, if the
/// range starts with a right-hand node, then the one right of it, if the range ends with a left-hand node.
struct LeafOpening {
    uint16 tensor;
    uint32 first;
    bytes data;
    bytes32[] siblings;
}

/// @notice What a computation reads (specs/formulas.md, "Evidence"). Only what is read is checked.
struct Evidence {
    TensorOpening[] tensors;
    LeafOpening[] leaves;
}

/// @notice What was committed to before the dispute.
/// @param traceTree Root of the tree over the entries' digests: the last part of the preimage of the trace's root.
/// @param entries Number of entries.
/// @param request Digests of the request's tensors, in their order; none where no input is read.
struct Claims {
    bytes32 traceTree;
    uint32 entries;
    bytes32[] request;
}

/// @title Computes single elements of an exact run, exactly (specs/formulas.md)
/// @notice Given a formula, and evidence for the few leaves that one element takes, says what the element is. A formula must come with a proof
/// that the model committed to it: that is the caller's business. Wrong or missing evidence and malformed formulas revert; nothing is read that
/// was not proved, so what is returned follows from formula and claims alone.
///
/// Dimensions are in the graph's order. Elements are counted as they are stored. Folds are counted in the order of their nodes in the formula, all
/// of them.
interface IFormulas {
    /// @param offset Byte of the formula at which it makes no sense.
    error MalformedFormula(uint256 offset);
    /// @notice Shapes, axes or indices do not go together. @param offset Byte of the formula behind the node's code.
    error WrongShape(uint256 offset);
    /// @notice A value has another range or unit than its node takes. @param offset Byte of the formula behind the node's code.
    error WrongValue(uint256 offset);
    /// @notice A number left 256 bits, or a fold's state 128. No formula of an exact graph gets there.
    error NumberTooLarge();
    error NoSuchElement(uint64 element);
    error NoSuchChunk(uint32 fold, uint32 chunk);
    /// @notice A fold of several chunks stands where only elements of one place may be folded, or its last state is missing.
    error FoldNotGiven(uint256 fold);
    error TensorMissing(uint8 kind, uint256 index);
    /// @notice A tensor's header is not well-formed, or its path does not lead to the claim. @param tensor Its place in the evidence.
    error WrongTensorOpening(uint256 tensor);
    error LeafMissing(uint8 kind, uint256 index, uint256 leaf);
    /// @param leaf Its place in the evidence.
    error WrongLeafOpening(uint256 leaf);

    /// @notice Type and lengths that the entry of this formula must have.
    /// @return storedType Code of specs/digests.md.
    function shapeOf(bytes calldata formula, Claims calldata claims, Evidence calldata evidence)
        external
        view
        returns (uint8 storedType, uint32[] memory dims);

    /// @notice How many chunks each fold of an element has. One that has a single chunk is computed with its element.
    function chunksOf(
        bytes calldata formula,
        uint32[] calldata dims,
        uint64 element,
        Claims calldata claims,
        Evidence calldata evidence
    ) external view returns (uint32[] memory chunks);

    /// @notice The element.
    /// @param folded Last states of the folds that have several chunks, in order; the others are left out.
    function elementOf(
        bytes calldata formula,
        uint32[] calldata dims,
        uint64 element,
        int128[] calldata folded,
        Claims calldata claims,
        Evidence calldata evidence
    ) external view returns (int256);

    /// @notice A fold's state after a chunk.
    /// @param before The state after the chunk before it; ignored for the first chunk, which starts as the page says.
    function chunkOf(
        bytes calldata formula,
        uint32[] calldata dims,
        uint64 element,
        uint32 fold,
        uint32 chunk,
        int128 before,
        Claims calldata claims,
        Evidence calldata evidence
    ) external view returns (int128 after_);
}
