// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Courts whose verdicts an ERC-792 arbitrator hears, fixed at deployment.
interface IAppeals {
    error Appeals_FeeTooLow(uint256 sent, uint256 cost);
    error Appeals_RefundFailed(address appellant, uint256 amount);
    error Appeals_NotArbitrator(address caller);
    error Appeals_UnknownDispute(uint256 disputeId);
    error Appeals_InvalidRuling(uint256 ruling);

    /// @notice What the arbitrator asks for an appeal at present, in wei.
    function appealCost() external view returns (uint256);
}
