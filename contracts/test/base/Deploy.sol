// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IEscrow} from "../../src/interfaces/IEscrow.sol";
import {IModelRegistry} from "../../src/interfaces/IModelRegistry.sol";
import {IOfferPayments} from "../../src/interfaces/IOfferPayments.sol";
import {IProviderRegistry} from "../../src/interfaces/IProviderRegistry.sol";
import {IRevenueSink} from "../../src/interfaces/IRevenueSink.sol";
import {Test} from "./Test.sol";

/// @title The product's contracts, from the artifacts that ship
abstract contract Deploy is Test {
    function deployModels() internal returns (IModelRegistry) {
        return IModelRegistry(deploy("ModelRegistry", ""));
    }

    function deployRegistry(address stakeToken, IModelRegistry models, uint40 unbonding, uint32 burnPpm)
        internal
        returns (IProviderRegistry)
    {
        return IProviderRegistry(deploy("ProviderRegistry", abi.encode(stakeToken, models, unbonding, burnPpm)));
    }

    function deployEscrow(address token, address registry, uint40 delay, uint40 validity) internal returns (IEscrow) {
        return IEscrow(deploy("Escrow", abi.encode(token, registry, delay, validity)));
    }

    function deploySink(IEscrow escrow, IProviderRegistry registry, IModelRegistry models)
        internal
        returns (IRevenueSink)
    {
        return IRevenueSink(deploy("RevenueSink", abi.encode(escrow, registry, models)));
    }

    function deployPayments(IEscrow escrow) internal returns (IOfferPayments) {
        return IOfferPayments(deploy("OfferPayments", abi.encode(escrow)));
    }

    /// @dev Reverts as the constructor does.
    function deploy(string memory name, bytes memory arguments) internal returns (address deployed) {
        bytes memory code = bytes.concat(vm.getCode(string.concat(name, ".sol:", name)), arguments);
        assembly ("memory-safe") {
            deployed := create(0, add(code, 0x20), mload(code))
            if iszero(deployed) {
                let message := mload(0x40)
                returndatacopy(message, 0, returndatasize())
                revert(message, returndatasize())
            }
        }
    }
}
