// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IArbitrable} from "../arbitration/IArbitrable.sol";
import {IArbitrator} from "../arbitration/IArbitrator.sol";
import {IAppeals} from "../interfaces/IAppeals.sol";

/// @title The part of a court that takes verdicts to an ERC-792 arbitrator, fixed at deployment, and hears its rulings.
abstract contract Appeals is IAppeals, IArbitrable {
    struct Dispute {
        uint248 caseId; // 0: none
        uint8 choices;
    }

    IArbitrator public immutable arbitrator;

    /// @notice What the arbitrator is told about how it should rule (ERC-792 leaves its meaning to the arbitrator).
    bytes public arbitratorExtraData;
    mapping(uint256 disputeId => Dispute) private _disputes;

    constructor(IArbitrator arbitrator_, bytes memory extraData) {
        arbitrator = arbitrator_;
        arbitratorExtraData = extraData;
    }

    /// @inheritdoc IArbitrable
    function rule(uint256 disputeId, uint256 ruling) external {
        if (msg.sender != address(arbitrator)) revert Appeals_NotArbitrator(msg.sender);
        Dispute storage dispute = _disputes[disputeId];
        if (dispute.caseId == 0) revert Appeals_UnknownDispute(disputeId);
        if (ruling > dispute.choices) revert Appeals_InvalidRuling(ruling);
        emit Ruling(arbitrator, disputeId, ruling);
        _rule(dispute.caseId, uint8(ruling));
    }

    /// @inheritdoc IAppeals
    function appealCost() public view returns (uint256) {
        return arbitrator.arbitrationCost(arbitratorExtraData);
    }

    /// @dev The caller pays the arbitrator's fee; what is too much comes back. The last step of whatever calls it, but
    /// for the dispute's number.
    function _takeToArbitrator(uint256 caseId, uint8 choices) internal returns (uint256 disputeId) {
        uint256 cost = appealCost();
        if (msg.value < cost) revert Appeals_FeeTooLow(msg.value, cost);
        disputeId = arbitrator.createDispute{value: cost}(choices, arbitratorExtraData);
        _disputes[disputeId] = Dispute(uint248(caseId), choices);
        if (msg.value == cost) return disputeId;
        (bool refunded, ) = msg.sender.call{value: msg.value - cost}("");
        if (!refunded) revert Appeals_RefundFailed(msg.sender, msg.value - cost);
    }

    /// @dev The arbitrator has spoken; 0: it leaves the verdict as it was.
    function _rule(uint256 caseId, uint8 ruling) internal virtual;
}
