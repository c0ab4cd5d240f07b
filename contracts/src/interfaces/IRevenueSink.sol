// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Where an offer's revenue is credited and split
/// @notice An offer pins its sink. The escrow accumulates the offer's revenue; the sink collects it and credits everyone
/// who made the answer. Royalties over a lineage and rewards for data are other implementations of this interface.
///
/// Every implementation keeps: for each offer, what was collected equals what was credited, to the wei; one recipient that
/// cannot receive never blocks another.
interface IRevenueSink {
    /// @notice `amount` wei of an offer's revenue came in.
    event RevenueCollected(bytes32 indexed offerId, uint256 amount);

    /// @notice `amount` wei of an offer's revenue became `account`'s.
    event RevenueCredited(bytes32 indexed offerId, address indexed account, uint256 amount);

    /// @notice `amount` wei left the sink for `account`.
    event RevenueWithdrawn(address indexed account, uint256 amount);

    /// @notice The token this sink splits.
    function token() external view returns (address);

    /// @notice Pulls what the escrow accumulated for `offerId` and credits its recipients. Anyone may call.
    /// @return amount Wei collected; zero is not an error.
    function collect(bytes32 offerId) external returns (uint256 amount);

    /// @notice Wei that `account` can withdraw now.
    function balanceOf(address account) external view returns (uint256);

    /// @notice Pays `account` all it was credited. Anyone may call; the money goes to `account`.
    function withdraw(address account) external returns (uint256 amount);
}
