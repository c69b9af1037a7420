// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IArbitrable} from "./IArbitrable.sol";
import {IArbitrator} from "./IArbitrator.sol";

/// @title A reference arbitrator for dev chains: one judge, one fee, one round. Real chains name a court of their own.
contract DevArbitrator is IArbitrator {
    struct Dispute {
        IArbitrable arbitrable;
        uint256 choices;
        uint256 fee;
        uint256 ruling;
        DisputeStatus status;
    }

    error DevArbitrator_NotJudge(address caller);
    error DevArbitrator_FeeTooLow(uint256 sent, uint256 cost);
    error DevArbitrator_UnknownDispute(uint256 disputeID);
    error DevArbitrator_AlreadySolved(uint256 disputeID);
    error DevArbitrator_InvalidRuling(uint256 ruling, uint256 choices);
    error DevArbitrator_NoAppeal(uint256 disputeID);
    error DevArbitrator_PaymentFailed(address judge, uint256 amount);

    address public immutable judge;
    uint256 public immutable fee; // wei

    Dispute[] private _disputes;

    constructor(address judge_, uint256 fee_) {
        judge = judge_;
        fee = fee_;
    }

    /// @inheritdoc IArbitrator
    function createDispute(uint256 choices, bytes calldata) external payable returns (uint256 disputeID) {
        if (msg.value < fee) revert DevArbitrator_FeeTooLow(msg.value, fee);
        disputeID = _disputes.length;
        IArbitrable arbitrable = IArbitrable(msg.sender);
        _disputes.push(
            Dispute({
                arbitrable: arbitrable,
                choices: choices,
                fee: msg.value,
                ruling: 0,
                status: DisputeStatus.Waiting
            })
        );
        emit DisputeCreation(disputeID, arbitrable);
    }

    /// @notice The judge rules once and for all, and is paid.
    function giveRuling(uint256 disputeID, uint256 ruling) external {
        if (msg.sender != judge) revert DevArbitrator_NotJudge(msg.sender);
        Dispute storage dispute = _known(disputeID);
        if (dispute.status == DisputeStatus.Solved) revert DevArbitrator_AlreadySolved(disputeID);
        if (ruling > dispute.choices) revert DevArbitrator_InvalidRuling(ruling, dispute.choices);
        dispute.ruling = ruling;
        dispute.status = DisputeStatus.Solved;
        uint256 amount = dispute.fee;
        dispute.arbitrable.rule(disputeID, ruling);
        (bool paid, ) = judge.call{value: amount}("");
        if (!paid) revert DevArbitrator_PaymentFailed(judge, amount);
    }

    /// @inheritdoc IArbitrator
    function appeal(uint256 disputeID, bytes calldata) external payable {
        revert DevArbitrator_NoAppeal(disputeID);
    }

    /// @inheritdoc IArbitrator
    function arbitrationCost(bytes calldata) external view returns (uint256) {
        return fee;
    }

    /// @inheritdoc IArbitrator
    function appealCost(uint256, bytes calldata) external pure returns (uint256) {
        return type(uint256).max; // ERC-792: unaffordable means impossible
    }

    /// @inheritdoc IArbitrator
    function appealPeriod(uint256) external pure returns (uint256 start, uint256 end) {
        return (0, 0);
    }

    /// @inheritdoc IArbitrator
    function disputeStatus(uint256 disputeID) external view returns (DisputeStatus) {
        return _known(disputeID).status;
    }

    /// @inheritdoc IArbitrator
    function currentRuling(uint256 disputeID) external view returns (uint256) {
        return _known(disputeID).ruling;
    }

    function _known(uint256 disputeID) private view returns (Dispute storage) {
        if (disputeID >= _disputes.length) revert DevArbitrator_UnknownDispute(disputeID);
        return _disputes[disputeID];
    }
}
