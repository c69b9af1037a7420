// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What the model registry asks the license registry.
interface IDeriveLicenses {
    /// @notice The terms of a license, if it is an ACTIVE DERIVE license of `account` on `modelId`; else 0.
    function deriveTermsOf(uint256 licenseId, address account, uint256 modelId) external view returns (uint32 termsId);
}
