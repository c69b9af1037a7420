// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ballots} from "./Ballots.sol";
import {IArbitrable} from "../arbitration/IArbitrable.sol";
import {IArbitrator} from "../arbitration/IArbitrator.sol";
import {ILeakCourt, Outcome, Report, ReportState} from "../interfaces/ILeakCourt.sol";
import {IParameters} from "../interfaces/IParameters.sol";

/// @title The part of the leak court that takes verdicts to an ERC-792 arbitrator, fixed at deployment, and hears its
/// rulings.
abstract contract Appeals is Ballots, IArbitrable {
    IArbitrator public immutable arbitrator;
    uint64 private immutable _rulingWindow;

    /// @notice What the arbitrator is told about how it should rule (ERC-792 leaves its meaning to the arbitrator).
    bytes public arbitratorExtraData;
    mapping(uint256 disputeId => uint256 reportId) private _reportOf;

    constructor(IParameters parameters, IArbitrator arbitrator_, bytes memory extraData) {
        arbitrator = arbitrator_;
        arbitratorExtraData = extraData;
        _rulingWindow = parameters.rules().rulingWindow;
    }

    /// @inheritdoc ILeakCourt
    function appeal(uint256 reportId) external payable returns (uint256 disputeId) {
        Report storage stored = _inState(reportId, ReportState.DECIDED);
        if (block.timestamp > stored.appealBy) revert LeakCourt_VotingOver(stored.appealBy);
        uint256 cost = appealCost();
        if (msg.value < cost) revert LeakCourt_FeeTooLow(msg.value, cost);
        stored.state = ReportState.APPEALED;
        stored.appealBy = uint64(block.timestamp) + _rulingWindow;
        disputeId = arbitrator.createDispute{value: cost}(_choices(stored), arbitratorExtraData);
        stored.disputeId = disputeId;
        _reportOf[disputeId] = reportId;
        emit ReportAppealed(reportId, msg.sender, disputeId, stored.appealBy);
        if (msg.value == cost) return disputeId;
        (bool refunded, ) = msg.sender.call{value: msg.value - cost}("");
        if (!refunded) revert LeakCourt_RefundFailed(msg.sender, msg.value - cost);
    }

    /// @inheritdoc IArbitrable
    function rule(uint256 disputeId, uint256 ruling) external {
        if (msg.sender != address(arbitrator)) revert LeakCourt_NotArbitrator(msg.sender);
        uint256 reportId = _reportOf[disputeId];
        if (reportId == 0) revert LeakCourt_UnknownDispute(disputeId);
        Report storage stored = _inState(reportId, ReportState.APPEALED);
        if (ruling > _choices(stored)) revert LeakCourt_InvalidRuling(ruling);
        if (ruling != 0) stored.outcome = Outcome(ruling);
        stored.state = ReportState.RULED;
        emit Ruling(arbitrator, disputeId, ruling);
        emit ReportRuled(reportId, stored.outcome);
    }

    /// @inheritdoc ILeakCourt
    function appealCost() public view returns (uint256) {
        return arbitrator.arbitrationCost(arbitratorExtraData);
    }

    /// @dev Nobody can be traced to a license that the report does not name.
    function _choices(Report storage stored) private view returns (uint256) {
        return uint256(stored.licenseId == 0 ? Outcome.UPHELD : Outcome.TRACED);
    }
}
