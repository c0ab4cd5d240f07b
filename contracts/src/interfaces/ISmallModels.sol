// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Small models as one contract call (specs/on-chain-models.md)
/// @notice Keeps models of a few dense layers of whole numbers as data contracts and computes them. No state, no owner: a model is its bytes.
interface ISmallModels {
    /// @notice A model was stored at `model`.
    event SmallModelPublished(address indexed model, address indexed publisher, uint256 bytesStored);

    /// @notice These bytes are no model.
    /// @param offset Of the first byte that is wrong, or where there should be one more or one less.
    error MalformedModel(uint256 offset);
    /// @notice A data contract holds no more than `limit` bytes.
    error ModelTooLarge(uint256 size, uint256 limit);
    /// @notice There is no model at this address: no code, or none that starts as data do.
    error NotAModel(address model);
    /// @notice The model takes `needed` bytes.
    error WrongInputLength(uint256 given, uint256 needed);
    /// @notice The data contract was not made: too little gas.
    error NotStored();

    /// @notice Stores a model, unless it is there: the address follows from the bytes.
    /// @param data The model's bytes, as specs/on-chain-models.md lays them out.
    /// @return model The data contract: a zero byte, which stops whoever calls it, then `data`.
    function publish(bytes calldata data) external returns (address model);

    /// @notice Computes a model.
    /// @param model What `publish` returned. Any contract whose code is laid out so will do: what it holds is checked again.
    /// @param input One byte for each input.
    /// @return best Place of the largest score, of equals the first.
    /// @return scores What the last layer gives.
    function classify(address model, bytes calldata input) external view returns (uint256 best, int256[] memory scores);
}
