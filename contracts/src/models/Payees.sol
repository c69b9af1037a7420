// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IModelRegistry, Payee} from "../interfaces/IModelRegistry.sol";

/// @title Among whom the owner's share of a model is split.
abstract contract Payees is IModelRegistry {
    uint256 private constant MAX_PAYEES = 8;
    uint256 private constant BPS = 10_000;

    mapping(uint256 modelId => Payee[]) private _payees;

    /// @inheritdoc IModelRegistry
    function payeesOf(uint256 modelId) external view returns (Payee[] memory payees) {
        address owner = _modelOwner(modelId);
        payees = _payees[modelId];
        if (payees.length != 0) return payees;
        payees = new Payee[](1);
        payees[0] = Payee(owner, uint16(BPS));
    }

    function _setPayees(uint256 modelId, Payee[] calldata payees) internal {
        uint256 totalBps;
        for (uint256 i = 0; i < payees.length; ++i) {
            (address account, uint16 bps) = (payees[i].account, payees[i].bps);
            if (account == address(0) || bps == 0) revert ModelRegistry_InvalidPayee(account, bps);
            totalBps += bps;
        }
        bool none = payees.length == 0;
        if (payees.length > MAX_PAYEES || (!none && totalBps != BPS))
            revert ModelRegistry_InvalidPayees(payees.length, totalBps);
        delete _payees[modelId];
        for (uint256 i = 0; i < payees.length; ++i) {
            _payees[modelId].push(payees[i]);
        }
        emit PayeesChanged(modelId, payees);
    }

    function _clearPayees(uint256 modelId) internal {
        if (_payees[modelId].length == 0) return;
        delete _payees[modelId];
        emit PayeesChanged(modelId, new Payee[](0));
    }

    function _modelOwner(uint256 modelId) internal view virtual returns (address);
}
