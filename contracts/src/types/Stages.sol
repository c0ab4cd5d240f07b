// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {LeafProof} from "./Dispute.sol";

/// @notice A generated answer with what the weights say of it: what opens a stage of `generate`.
/// @param text The request's ids, then the response's tokens, as their tensors hold them. @param prompt How many of them are the request's.
/// @param settings The request's, as the tensor holds them. @param seed The request's.
/// @param files Digests of the bundle's files, sorted by path. @param place Which of them is `generation.bin`. @param generation The whole of it.
struct GenerateOpening {
    bytes text;
    uint256 prompt;
    bytes settings;
    bytes32 seed;
    bytes32[] files;
    uint256 place;
    bytes generation;
}

/// @notice A malformed response of `generate`.
/// @param answer If `response` is empty, all of it as of a stage; else its text is the request's ids alone.
/// @param response Digests of the response's tensors, where these are not one tensor `tokens`, u32 of rank 1.
/// @param header Of the first of them, if there is just one. @param dataRoot Of its data.
struct GenerateMalformed {
    GenerateOpening answer;
    bytes32[] response;
    bytes header;
    bytes32 dataRoot;
}

/// @notice The request's tensors of `embedding`.
/// @param ids How many ids there are. @param idsRoot Root over their data. @param texts How many texts. @param offsetsRoot Root over the data of `offsets`.
struct EmbeddingRequest {
    uint256 ids;
    bytes32 idsRoot;
    uint256 texts;
    bytes32 offsetsRoot;
}

/// @notice A text and its row: what opens a stage of `embedding`.
/// @param offsets Leaves of `offsets` that hold the text's first id and its end: one, or two that follow each other.
/// @param ids Leaves of `ids` that hold the text's: one, or two that follow each other.
/// @param row Root over the row's data. @param path Its siblings up to the root over the response's data.
struct EmbeddingOpening {
    EmbeddingRequest request;
    LeafProof[] offsets;
    LeafProof[] ids;
    bytes32 row;
    bytes32[] path;
}

/// @notice A malformed response of `embedding`.
/// @param response Digests of its tensors. @param header Of the first of them, if there is just one. @param dataRoot Of its data.
struct EmbeddingMalformed {
    EmbeddingRequest request;
    bytes32[] response;
    bytes header;
    bytes32 dataRoot;
}
